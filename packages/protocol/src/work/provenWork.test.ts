import { describe, expect, it } from "vitest";
import { registryDomain, typedDataDigest } from "../eip712Domain.js";
import { leafHash, merkleTree } from "../merkle.js";
import type { Hex } from "../primitives.js";
import { addressOfPrivateKey, signDigest } from "../secp256k1.js";
import { hashBatch, hashCheckpoint } from "../structHash.js";
import { provenWork } from "./provenWork.js";
import { aPart, aTask, HEAD, taskIdOf, word } from "./test/makeWork.js";
import type { WorkPart, WorkWord } from "./workRecord.js";

const KEY: Hex = `0x${"22".repeat(32)}`;
const MINER = addressOfPrivateKey(KEY);
const domain = registryDomain({ chainId: 31_337, registry: `0x${"ab".repeat(20)}` });

/** What the miner signed of task 1, replica 0, segment 0. */
function signedWord(of: { readonly key?: Hex; readonly segment?: number } = {}): WorkWord {
  const { key = KEY, segment = 0 } = of;
  const said = { taskId: taskIdOf(1), position: 32, tokenRoot: word("tokens") };
  const structHash = hashCheckpoint({ ...said, miner: MINER, replica: 0, segment });
  const tree = merkleTree([word("other"), leafHash(structHash)]);
  const batch = { root: tree.root, count: 2, sequence: 9 };
  const signature = signDigest(typedDataDigest(domain, hashBatch(batch)), key);
  return { ...said, proof: { batch, signer: MINER, signature, path: tree.pathOf(1) } };
}

function shown(part: Partial<WorkPart>, number = 1): readonly (WorkWord | undefined)[] {
  const task = aTask(number, { parts: [aPart({ miner: MINER, outcome: "died", ...part })] });
  const record = provenWork({ ...HEAD, begun: [], ended: [task] }, domain);
  return record.ended.flatMap(({ parts }) => parts.map((one) => one.word));
}

describe("a miner's word in a work record", () => {
  it("stands when the miner signed it on this very part", () => {
    expect(shown({ word: signedWord() })).toEqual([signedWord()]);
    expect(shown({})).toEqual([undefined]);
  });

  it.each<[string, readonly (WorkWord | undefined)[]]>([
    ["another signed it", shown({ word: signedWord({ key: `0x${"33".repeat(32)}` }) })],
    ["it is on another part", shown({ word: signedWord({ segment: 1 }) })],
    ["it is on another task", shown({ word: signedWord() }, 2)],
    ["its position is another", shown({ word: { ...signedWord(), position: 64 } })],
    ["its path leads elsewhere", shown({ word: { ...signedWord(), proof: { ...signedWord().proof, path: [] } } })],
  ])("counts nothing where %s", (_what, words) => {
    expect(words).toEqual([undefined]);
  });
});
