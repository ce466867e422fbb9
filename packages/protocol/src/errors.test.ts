import { describe, expect, it } from "vitest";
import { assert, CodedError, hasCode } from "./errors.js";

describe("CodedError", () => {
  it("derives its message from its data", () => {
    const error = new CodedError({ code: "ROOM_BROKE", wei: 12n, name: "x", list: [1, 2n] });
    expect(error.message).toBe('ROOM_BROKE: wei=12, name=x, list=[1,"2"]');
    expect(new CodedError({ code: "ROOM_BROKE" }).message).toBe("ROOM_BROKE");
  });

  it("is not retryable unless it says so, and keeps its cause", () => {
    const cause = new Error("below");
    const error = new CodedError({ code: "ROOM_BROKE" }, { cause, isRetryable: true });
    expect(error.cause).toBe(cause);
    expect(error.isRetryable).toBe(true);
    expect(new CodedError({ code: "ROOM_BROKE" }).isRetryable).toBe(false);
  });

  it("is known by its code, nothing else is", () => {
    const error = new CodedError({ code: "ROOM_BROKE" });
    expect(error.code).toBe("ROOM_BROKE");
    expect(hasCode(error, "ROOM_BROKE")).toBe(true);
    expect(hasCode(error, "ROOM_SHUT")).toBe(false);
    expect(hasCode(new Error("ROOM_BROKE"), "ROOM_BROKE")).toBe(false);
  });
});

describe("assert", () => {
  it("throws what must hold when it doesn't", () => {
    assert(true, "one is one");
    expect(() => assert(false, "one is two")).toThrow("PROTOCOL_ASSERTION_FAILED: what=one is two");
  });
});
