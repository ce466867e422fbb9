import { describe, expect, it } from "vitest";
import { parseName } from "./nameExchange.js";

const NAME = `0x${"ab".repeat(32)}`;

describe("a peer's question for a name", () => {
  it("is of a hash, or of a kind of datum", () => {
    expect(parseName(`sha256/${NAME}`)).toEqual({ kind: "sha256", name: NAME });
    expect(parseName(`segmentBody/${NAME}`)).toEqual({ kind: "segmentBody", name: NAME });
  });

  it.each(["", "sha256", `sha256/${NAME}/`, `sha256/${NAME.slice(2)}`, `secrets/${NAME}`, `__proto__/${NAME}`])(
    "is refused otherwise: %s",
    (text) => {
      expect(() => parseName(text)).toThrow(expect.objectContaining({ code: "CONTENT_BAD_MESSAGE" }));
    },
  );
});
