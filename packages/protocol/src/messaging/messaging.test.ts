import { describe, expect, it } from "vitest";
import { keccak256, utf8ToBytes } from "../bytes.js";
import { hasCode } from "../errors.js";
import type { Message, MessageWay } from "./index.js";
import { EMPTY_INBOX, type InboxEvent, messageId, nextInbox } from "./index.js";

const WAY: MessageWay = {
  src: 1,
  srcMessenger: `0x${"a1".repeat(20)}`,
  dst: 2,
  dstMessenger: `0x${"b2".repeat(20)}`,
};
const MESSAGE: Message = {
  nonce: 1,
  from: `0x${"11".repeat(20)}`,
  to: `0x${"22".repeat(20)}`,
  gasLimit: 100_000,
  body: "0x01",
};
const ID = keccak256(utf8ToBytes("one"));
const OTHER = keccak256(utf8ToBytes("other"));
const CAP = { capWei: 10n, windowSeconds: 100 };

function arrive(id = ID, corWei = 0n, nowSeconds = 1_000, isTaken = true): InboxEvent {
  return { kind: "arrive", id, corWei, isTaken, nowSeconds };
}

function afterAll(events: readonly InboxEvent[]) {
  return events.reduce((inbox, event) => {
    const step = nextInbox(inbox, event, CAP);
    expect(step.kind).toBe("moved");
    return step.kind === "moved" ? step.state : inbox;
  }, EMPTY_INBOX);
}

describe("messageId", () => {
  it("is another for another way, number, sender, receiver, gas or body", () => {
    const ways: readonly MessageWay[] = [
      { ...WAY, src: 3 },
      { ...WAY, dst: 3 },
      { ...WAY, srcMessenger: WAY.dstMessenger },
      { ...WAY, dstMessenger: WAY.srcMessenger },
    ];
    const messages: readonly Message[] = [
      { ...MESSAGE, nonce: 2 },
      { ...MESSAGE, from: MESSAGE.to },
      { ...MESSAGE, to: MESSAGE.from },
      { ...MESSAGE, gasLimit: 100_001 },
      { ...MESSAGE, body: "0x0100" },
    ];
    const ids = [
      messageId(WAY, MESSAGE),
      ...ways.map((way) => messageId(way, MESSAGE)),
      ...messages.map((message) => messageId(WAY, message)),
    ];
    expect(new Set(ids).size).toBe(10);
  });

  it.each([{ nonce: 2 ** 53 }, { nonce: -1 }, { gasLimit: 2_000_001 }, { body: `0x${"00".repeat(16_385)}` as const }])(
    "refuses what no messenger sends",
    (changes) => {
      let caught: unknown;
      try {
        messageId(WAY, { ...MESSAGE, ...changes });
      } catch (error) {
        caught = error;
      }
      expect(hasCode(caught, "PROTOCOL_OUT_OF_RANGE")).toBe(true);
    },
  );
});

describe("nextInbox", () => {
  it("lets what exceeds a window wait, what fits go before, and both arrive", () => {
    const full = afterAll([arrive(ID, 8n), arrive(OTHER, 3n)]);
    expect(full.states.get(OTHER)).toBeUndefined();
    const next = afterAll([arrive(ID, 8n), arrive(OTHER, 3n), arrive(OTHER, 3n, 1_100)]);
    expect(next.states.get(OTHER)).toBe("delivered");
    expect(next.movedWei).toBe(3n);
  });

  it("counts nothing for a receiver that failed", () => {
    expect(afterAll([arrive(ID, 8n, 1_000, false)]).movedWei).toBe(0n);
  });

  it("refuses a clock that went back, or is none", () => {
    const inbox = afterAll([arrive(ID, 1n, 1_000)]);
    expect(nextInbox(inbox, arrive(OTHER, 1n, 899), CAP)).toEqual({ kind: "refused", refusal: "clockBad" });
    expect(nextInbox(inbox, arrive(OTHER, 1n, Number.NaN), CAP)).toEqual({ kind: "refused", refusal: "clockBad" });
  });
});
