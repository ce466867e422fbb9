import { describe, expect, it } from "vitest";
import { keccak256, utf8ToBytes } from "./bytes.js";
import type { Checkpoint } from "./checkpoint.js";
import { registryDomain, typedDataDigest } from "./eip712Domain.js";
import { leafHash, merkleTree } from "./merkle.js";
import type { Hex } from "./primitives.js";
import {
  encodeProvenCheckpoint,
  isSignedByMiner,
  type ProvenCheckpoint,
  parseProvenCheckpoint,
} from "./provenCheckpoint.js";
import { addressOfPrivateKey, signDigest } from "./secp256k1.js";
import { hashAcknowledgement, hashBatch, hashCheckpoint } from "./structHash.js";

const KEY: Hex = `0x${"22".repeat(32)}`;
const domain = registryDomain({ chainId: 31_337, registry: `0x${"ab".repeat(20)}` });
const word = (tag: string) => keccak256(utf8ToBytes(tag));
const CHECKPOINT: Checkpoint = {
  taskId: word("task"),
  miner: addressOfPrivateKey(KEY),
  replica: 0,
  segment: 0,
  position: 64,
  tokenRoot: word("root"),
};

function proven(structHash = hashCheckpoint(CHECKPOINT), key = KEY): ProvenCheckpoint {
  const tree = merkleTree([word("other"), leafHash(structHash), word("third")]);
  const batch = { root: tree.root, count: 3, sequence: 9 };
  const signature = signDigest(typedDataDigest(domain, hashBatch(batch)), key);
  const proof = { batch, signer: addressOfPrivateKey(key), signature, path: tree.pathOf(1) };
  return { checkpoint: CHECKPOINT, proof };
}

describe("a checkpoint in a batch", () => {
  it("is its miner's word, and crosses as JSON unchanged", () => {
    const given = proven();
    expect(isSignedByMiner(given, domain)).toBe(true);
    expect(parseProvenCheckpoint(JSON.parse(JSON.stringify(encodeProvenCheckpoint(given))))).toEqual(given);
  });

  it.each<[string, ProvenCheckpoint]>([
    ["another signed the batch", proven(hashCheckpoint(CHECKPOINT), `0x${"33".repeat(32)}`)],
    ["the batch holds a router's acknowledgement of the same", proven(hashAcknowledgement(CHECKPOINT))],
    ["its position is another", { ...proven(), checkpoint: { ...CHECKPOINT, position: 32 } }],
    ["the path is another's", { ...proven(), proof: { ...proven().proof, path: [] } }],
    ["the signature is none", { ...proven(), proof: { ...proven().proof, signature: `0x${"00".repeat(65)}` } }],
  ])("is nobody's where %s", (_what, given) => {
    expect(isSignedByMiner(given, domain)).toBe(false);
  });

  it("is refused with an unknown field, or without a proof", () => {
    const json = encodeProvenCheckpoint(proven());
    for (const bad of [{ ...json, extra: 1 }, { checkpoint: json.checkpoint }, null]) {
      expect(() => parseProvenCheckpoint(bad)).toThrow("PROTOCOL_BAD_DOCUMENT");
    }
  });
});
