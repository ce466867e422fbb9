import { describe, expect, it } from "vitest";
import { BATCH_LEAVES_MAX } from "./batch.js";
import { keccak256, utf8ToBytes } from "./bytes.js";
import { registryDomain, typedDataDigest } from "./eip712Domain.js";
import { leafHash, merkleTree } from "./merkle.js";
import { encodeResultProof, isResultSignedBy, parseResultProof, type ResultProof } from "./resultProof.js";
import { addressOfPrivateKey, signDigest } from "./secp256k1.js";
import { hashBatch } from "./structHash.js";

const KEY = `0x${"22".repeat(32)}` as const;
const MINER = addressOfPrivateKey(KEY);
const DOMAIN = registryDomain({ chainId: 31_337, registry: `0x${"aa".repeat(20)}` });
const wordOf = (name: string) => keccak256(utf8ToBytes(name));

function signed(name: string): ResultProof {
  const result = wordOf(name);
  const tree = merkleTree([leafHash(result), leafHash(wordOf("another"))]);
  const batch = { root: tree.root, count: 2, sequence: 7 };
  const signature = signDigest(typedDataDigest(DOMAIN, hashBatch(batch)), KEY);
  return { result, proof: { batch, signer: MINER, signature, path: tree.pathOf(0) } };
}

describe("where a miner signed its result", () => {
  it("is read as it was written, and holds for that miner and result alone", () => {
    const proven = signed("result");
    expect(parseResultProof(JSON.parse(JSON.stringify(encodeResultProof(proven))))).toEqual(proven);
    expect(isResultSignedBy(proven, MINER, DOMAIN)).toBe(true);
    expect(isResultSignedBy(proven, `0x${"0e".repeat(20)}`, DOMAIN)).toBe(false);
    expect(isResultSignedBy({ ...proven, result: wordOf("other") }, MINER, DOMAIN)).toBe(false);
    const foreign = registryDomain({ chainId: 1, registry: `0x${"aa".repeat(20)}` });
    expect(isResultSignedBy(proven, MINER, foreign)).toBe(false);
  });

  it.each<[string, (json: ReturnType<typeof encodeResultProof>) => unknown]>([
    ["a field more", (json) => ({ ...json, taskId: wordOf("task") })],
    ["no proof", ({ result }) => ({ result })],
    ["a longer hash", (json) => ({ ...json, result: `${json.result}00` })],
    [
      "a batch of more leaves than there are",
      (json) => ({ ...json, proof: { ...json.proof, batch: { ...json.proof.batch, count: BATCH_LEAVES_MAX + 1 } } }),
    ],
  ])("is refused with %s", (_what, change) => {
    expect(() => parseResultProof(change(encodeResultProof(signed("result"))))).toThrow("PROTOCOL_BAD_DOCUMENT");
  });
});
