import { describe, expect, it } from "vitest";
import { outCommit, promptCommit } from "../commit.js";
import { fingerprintRootOf } from "../fingerprint.js";
import { ZERO_BYTES32 } from "../primitives.js";
import { aSealedRequest } from "../test/aSealing.js";
import { aWord } from "../test/aTask.js";
import { TokenRoot, tokenRootOf } from "../tokenRoot.js";
import {
  type CommitSecret,
  sealedAnswerSalt,
  sealedFingerprintRoot,
  sealedOutCommit,
  sealedParamsHash,
  sealedPromptSalt,
  sealedRootStart,
} from "./sealedCommit.js";
import { decodeSealedRequest, encodeSealedRequest, sealedTaskCommits } from "./sealedRequest.js";

const ONE: CommitSecret = { suite: "x25519", secret: aWord("secret") };
const OTHERS: readonly CommitSecret[] = [
  { ...ONE, suite: "xwing" },
  { ...ONE, secret: aWord("another secret") },
];
const TASK = aWord("task");
const TOKENS = [7, 8, 9].map((id) => ({ id, top: [{ id, logprob: -0.5 }] }));

function commitsOf(one: CommitSecret) {
  const salt = sealedAnswerSalt(one, TASK);
  const running = new TokenRoot(sealedRootStart(salt));
  for (const { id } of TOKENS) running.push(id);
  return [
    promptCommit(sealedPromptSalt(one), aSealedRequest().prompt),
    sealedParamsHash(one, aSealedRequest().params),
    running.root(),
    sealedOutCommit(TASK, salt, new TextEncoder().encode("yes")),
    sealedFingerprintRoot(salt, TOKENS),
  ];
}

describe("commitments of a sealed task", () => {
  it("are others under another secret or another suite, all of them", () => {
    const mine = commitsOf(ONE);
    expect(commitsOf(ONE)).toEqual(mine);
    for (const other of OTHERS)
      for (const [index, commit] of commitsOf(other).entries()) expect(commit).not.toBe(mine[index]);
  });

  it("aren't those of an open task, which anybody could try answers against", () => {
    const salt = sealedAnswerSalt(ONE, TASK);
    const open = [tokenRootOf([7, 8, 9]), outCommit(TASK, new TextEncoder().encode("yes")), fingerprintRootOf(TOKENS)];
    for (const commit of open) expect(commitsOf(ONE)).not.toContain(commit);
    expect(sealedRootStart(salt).root).not.toBe(ZERO_BYTES32);
  });

  it("of two tasks of one secret have nothing in common", () => {
    expect(sealedAnswerSalt(ONE, TASK)).not.toBe(sealedAnswerSalt(ONE, aWord("another task")));
  });

  it("tell no token apart by its place", () => {
    const salt = sealedAnswerSalt(ONE, TASK);
    const many = (count: number) => Array.from({ length: count }, () => ({ id: 7, top: [] }));
    expect(sealedFingerprintRoot(salt, many(32))).not.toBe(sealedFingerprintRoot(salt, many(64)));
    expect(sealedFingerprintRoot(salt, [])).toBe(ZERO_BYTES32);
  });

  it("are what a client puts into its task", () => {
    const request = aSealedRequest();
    const [prompt, params] = commitsOf({ suite: "x25519", secret: request.secret });
    expect(sealedTaskCommits("x25519", request)).toEqual({ promptCommit: prompt, paramsHash: params });
  });
});

describe("a sealed request", () => {
  it("comes back from its bytes, and from nothing else", () => {
    const request = { ...aSealedRequest("Grüße"), committed: [7, 0, 0xffffffff] };
    const bytes = encodeSealedRequest(request);
    expect(decodeSealedRequest(bytes)).toEqual(request);
    const bad = [
      bytes.slice(0, -1),
      Uint8Array.from([...bytes, 0]),
      bytes.with(0, 2),
      bytes.with(65, 0xff),
      new Uint8Array(0),
    ];
    for (const one of bad) expect(() => decodeSealedRequest(one)).toThrow("PROTOCOL_BAD_RECORD");
  });

  it("isn't made of a prompt, or of tokens, beyond what a task may have", () => {
    expect(() => encodeSealedRequest(aSealedRequest("x".repeat(1_100_000)))).toThrow("PROTOCOL_BAD_RECORD");
    const committed = Array.from({ length: 131_073 }, () => 1);
    expect(() => encodeSealedRequest({ ...aSealedRequest(), committed })).toThrow("PROTOCOL_BAD_RECORD");
  });
});
