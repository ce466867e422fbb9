import {
  type Address,
  answerHash,
  type Bytes32,
  outCommit,
  type Result,
  recipeHash,
  tokenRootOf,
  utf8ToBytes,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import {
  type AskedProbe,
  chooseProbed,
  isBelieved,
  isDecided,
  isDue,
  judgeAnswer,
  type ProbedReply,
  reasonOfRevert,
  retryMs,
} from "./planVerification.js";
import type { RegisteredNode } from "./routerChain.js";

const at = (byte: string): Address => `0x${byte.repeat(20)}`;
const word = (byte: string): Bytes32 => `0x${byte.repeat(32)}`;
const SELF = at("01");
const OPERATOR = at("02");
const MINER = at("03");
const CLASS = word("c1");
const DAY = 86_400;

const node: RegisteredNode = {
  owner: at("04"),
  roles: ["miner"],
  leftAt: 0,
  sealingKey: word("5e"),
  kernelClass: CLASS,
};
const offers = [{ model: { kernelClass: word("c0") } }, { model: { kernelClass: CLASS } }];

describe("a miner's turn to be challenged", () => {
  it("has come when it isn't verified, or won't be in a day", () => {
    expect(isDue(undefined, 0)).toBe(true);
    expect(isDue({ until: 1_000 + DAY + 1 }, 1_000)).toBe(false);
    expect(isDue({ until: 1_000 + DAY }, 1_000)).toBe(true);
    expect(isDue({ until: 1_000 }, 2_000)).toBe(true);
  });

  it("comes again later each time that it comes to nothing, and within an hour", () => {
    expect([1, 2, 3, 4].map(retryMs)).toEqual([5_000, 10_000, 20_000, 40_000]);
    expect([11, 100, 10_000].map(retryMs)).toEqual([3_600_000, 3_600_000, 3_600_000]);
  });
});

describe("who is challenged", () => {
  const choose = (change: Partial<RegisteredNode> | undefined, isDenied = false) =>
    chooseProbed({ node: change && { ...node, ...change }, isDenied }, { self: SELF, operator: OPERATOR, offers });

  it("is a registered miner of another's, for the model that it offers in its registered class", () => {
    expect(choose({})).toEqual({ kind: "ask", node, offer: offers[1] });
  });

  it.each([
    ["unregistered", undefined],
    ["unregistered", { leftAt: 5 }],
    ["unregistered", { roles: ["router"] }],
    ["ownNode", { owner: SELF }],
    ["ownNode", { owner: OPERATOR }],
    ["noSealingKey", { sealingKey: ZERO_BYTES32 }],
    ["noKernelClass", { kernelClass: ZERO_BYTES32 }],
    ["otherClass", { kernelClass: word("c2") }],
  ] satisfies [string, Partial<RegisteredNode> | undefined][])("is never one that is %s: %j", (reason, change) => {
    expect(choose(change)).toEqual({ kind: "unverified", reason });
  });

  it("is never one that the compliance hook denies", () => {
    expect(choose({}, true)).toEqual({ kind: "unverified", reason: "denied" });
  });
});

describe("an answer", () => {
  const asked: AskedProbe = {
    challenge: word("ca"),
    modelId: word("0d"),
    kernelClass: CLASS,
    miner: MINER,
    contextTokens: 128,
    elapsedMs: 50,
  };
  const ids = [5, 6, 7];
  const result: Result = {
    taskId: asked.challenge,
    miner: MINER,
    replica: 0,
    segment: 0,
    from: 0,
    to: 3,
    tokenRoot: tokenRootOf(ids),
    fpRoot: ZERO_BYTES32,
    recipeHash: recipeHash([]),
    outCommit: outCommit(asked.challenge, utf8ToBytes("abc")),
    nIn: 9,
    nOut: 3,
    finish: "stop",
    kernelClass: CLASS,
    tFirstMs: 1,
    tTotalMs: 2,
  };
  const judge = (change: Partial<Result>, message: Partial<ProbedReply> = {}) =>
    judgeAnswer({ kind: "probed", result: { ...result, ...change }, recipe: [], ids, text: "abc", ...message }, asked);

  it("is known by what any honest engine of the class would have said, and not by its times", () => {
    const { tokenRoot } = result;
    const { challenge, modelId } = asked;
    const answer = answerHash({ challenge, modelId, nIn: 9, nOut: 3, tokenRoot, finish: "stop" });
    expect(judge({})).toEqual({ kind: "answered", answer });
    expect(judge({ tFirstMs: 0, tTotalMs: 40 })).toEqual({ kind: "answered", answer });
  });

  it.each([
    ["otherClass", { kernelClass: word("c2") }],
    ["notWhole", { taskId: word("cb") }],
    ["notWhole", { miner: at("05") }],
    ["notWhole", { to: 4 }],
    ["notWhole", { nOut: 2 }],
    ["notWhole", { nIn: 0 }],
    ["notWhole", { nIn: 128 }],
    ["notWhole", { tokenRoot: word("00") }],
    ["notWhole", { finish: "length" }],
    ["notWhole", { finish: "abort" }],
    ["notWhole", { recipeHash: word("00") }],
    ["notWhole", { outCommit: word("00") }],
    ["notWhole", { tTotalMs: 60_000 }],
  ] satisfies [string, Partial<Result>][])("is none, %s, with %j", (reason, change) => {
    expect(judge(change)).toEqual({ kind: "unverified", reason });
  });

  it("is none without a token, or with another text", () => {
    const empty = { to: 0, nOut: 0, tokenRoot: tokenRootOf([]) };
    expect(judge(empty, { ids: [] })).toEqual({ kind: "unverified", reason: "notWhole" });
    expect(judge({}, { text: "abd" })).toEqual({ kind: "unverified", reason: "notWhole" });
  });
});

describe("what verified miners say of an answer", () => {
  it("is enough when one agrees, or three were heard", () => {
    expect(isDecided({ same: 0, other: 0 })).toBe(false);
    expect(isDecided({ same: 1, other: 0 })).toBe(true);
    expect(isDecided({ same: 0, other: 1 })).toBe(false);
    expect(isDecided({ same: 1, other: 1 })).toBe(false);
    expect(isDecided({ same: 1, other: 2 })).toBe(true);
  });

  it("decides by the most; with nobody to ask the answer stands alone, and a tie is a refusal", () => {
    expect(isBelieved({ same: 0, other: 0 })).toBe(true);
    expect(isBelieved({ same: 1, other: 0 })).toBe(true);
    expect(isBelieved({ same: 2, other: 1 })).toBe(true);
    expect(isBelieved({ same: 1, other: 1 })).toBe(false);
    expect(isBelieved({ same: 0, other: 1 })).toBe(false);
  });
});

describe("the registry's own refusals", () => {
  it("have the names of ours, and others none", () => {
    expect(reasonOfRevert("VerificationNonceOther")).toBe("staleNonce");
    expect(reasonOfRevert("Denied")).toBe("denied");
    expect(reasonOfRevert("VerifierOfItsOwn")).toBe("ownNode");
    expect(reasonOfRevert("VerificationLate")).toBe("late");
    expect(reasonOfRevert("TextTooLong")).toBeUndefined();
  });
});
