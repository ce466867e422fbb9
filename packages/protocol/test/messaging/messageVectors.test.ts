import { writeFileSync } from "node:fs";
import {
  EMPTY_INBOX,
  type InboxEvent,
  type Message,
  type MessageWay,
  messageId,
  messageLeaf,
  nextInbox,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { diceOf } from "../machines/dice.js";
import { readVectors } from "../readVectors.js";
import { account, aMessage, SOME_WAY } from "./someMessages.js";

const TRACES = 6;
const STEPS = 24;
const MESSAGES = 4;
const GASES = [299_999, 300_000, 500_000, 2_000_000, 2_000_001] as const;

type IdVector = {
  readonly way: MessageWay;
  readonly message: Message;
  readonly id: string;
  readonly leaf: string;
};
/** One event about a message by its place, and where all of them stand after it: a letter each, `-` before it came. */
type StepVector = {
  readonly kind: InboxEvent["kind"];
  readonly message: number;
  readonly isTaken: boolean;
  readonly gasLimit: number;
  readonly isPaused: boolean;
  readonly outcome: string;
  readonly states: string;
};
type MessageVectors = { readonly ids: readonly IdVector[]; readonly traces: readonly (readonly StepVector[])[] };

const LETTERS = { held: "h", failed: "f", delivered: "d" } as const;
const OWN_GAS = 300_000;

function idVectors(): readonly IdVector[] {
  const long = aMessage(7, { body: `0x${"5a".repeat(16_384)}`, gasLimit: 2_000_000 });
  const back: MessageWay = {
    src: SOME_WAY.dst,
    srcMessenger: SOME_WAY.dstMessenger,
    dst: SOME_WAY.src,
    dstMessenger: SOME_WAY.srcMessenger,
  };
  const far: MessageWay = { ...SOME_WAY, src: Number.MAX_SAFE_INTEGER, dst: 0 };
  const odd = aMessage(2 ** 52, { body: "0x", gasLimit: 0, from: account(0), to: account(0xff) });
  const plain: readonly (readonly [MessageWay, Message])[] = [
    [SOME_WAY, aMessage(1)],
    [back, aMessage(1)],
    [SOME_WAY, long],
    [far, odd],
  ];
  return plain.map(([way, message]) => {
    const id = messageId(way, message);
    return { way, message, id, leaf: messageLeaf(id) };
  });
}

function trace(seed: number): readonly StepVector[] {
  const { below, pick } = diceOf(seed);
  const ids = Array.from({ length: MESSAGES }, (_, index) => messageId(SOME_WAY, aMessage(index + 1)));
  let inbox = EMPTY_INBOX;
  return Array.from({ length: STEPS }, () => {
    const message = below(MESSAGES);
    const gasLimit = pick(GASES);
    const isTaken = below(3) === 0;
    const isPaused = below(3) === 0;
    const kind = pick(["arrive", "arrive", "retry", "retry", "pause"] as const);
    const attempt = { id: ids[message] ?? "0x", corWei: 0n, isTaken, nowSeconds: 1_000 };
    const events: Readonly<Record<typeof kind, InboxEvent>> = {
      arrive: { kind: "arrive", ...attempt },
      retry: { kind: "retry", ...attempt, ownGas: OWN_GAS, gasLimit },
      pause: { kind: "pause", isPaused },
    };
    const step = nextInbox(inbox, events[kind]);
    if (step.kind === "moved") inbox = step.state;
    const outcome = step.kind === "moved" ? "moved" : step.refusal;
    const stateOf = (id: (typeof ids)[number]) => {
      const state = inbox.states.get(id);
      return state === undefined ? "-" : LETTERS[state];
    };
    return { kind, message, isTaken, gasLimit, isPaused, outcome, states: ids.map(stateOf).join("") };
  });
}

function makeVectors(): MessageVectors {
  return { ids: idVectors(), traces: Array.from({ length: TRACES }, (_, seed) => trace(seed)) };
}

/** `CORTENSOR_MAKE_VECTORS=1` writes the file anew. */
if (process.env.CORTENSOR_MAKE_VECTORS === "1") {
  const at = new URL("../../vectors/messages.json", import.meta.url);
  writeFileSync(at, `${JSON.stringify(makeVectors(), undefined, 2)}\n`);
}

describe("the vectors of messages", () => {
  const vectors = readVectors<MessageVectors>("messages");

  it("have the ids, leaves and traces that the machine gives", () => {
    expect(vectors).toEqual(makeVectors());
  });

  it("meet every refusal but a clock's, and every state", () => {
    const steps = vectors.traces.flat();
    const outcomes = new Set(steps.map(({ outcome }) => outcome));
    expect([...outcomes].sort()).toEqual(["gasOutOfBounds", "moved", "notRetryable", "paused"]);
    const states = new Set(steps.flatMap(({ states: each }) => [...each]));
    expect([...states].sort()).toEqual(["-", "d", "f", "h"]);
  });

  it("never take a message back that was delivered", () => {
    for (const steps of vectors.traces) {
      for (const [index, { states }] of steps.entries()) {
        const before = steps[index - 1]?.states ?? "";
        for (const [place, state] of [...before].entries()) if (state === "d") expect(states[place]).toBe("d");
      }
    }
  });
});
