import { keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { encodeParams } from "../canonicalParams.js";
import { Fingerprint, type FingerprintedToken } from "../fingerprint.js";
import type { SamplingParams } from "../inferenceRequest.js";
import { merkleRoot } from "../merkle.js";
import { type Bytes32, ZERO_BYTES32 } from "../primitives.js";
import type { TokenRootState } from "../tokenRoot.js";
import { type SealSuite, suiteNumber } from "./sealSuite.js";

/*
 * What a router sees of a sealed task are commitments, and short texts are guessed by trying: each is salted by the client's secret, 32 fresh bytes that
 * travel sealed. Whoever is shown one salt can check that one commitment, and learns nothing of the others.
 */

/** What the commitments of a sealed task rest on. `suite` is among it, so that what the task's signer signs names the suite. */
export type CommitSecret = { readonly suite: SealSuite; readonly secret: Bytes32 };

/** `keccak256("sealed-prompt-salt-v1" ‖ suite u16 ‖ secret)`: the salt of the task's `promptCommit`. */
export function sealedPromptSalt({ suite, secret }: CommitSecret): Bytes32 {
  return keccak256(tagged("sealed-prompt-salt-v1", suite).hex(secret, 32).toBytes());
}

/** `keccak256("sealed-params-v1" ‖ suite u16 ‖ keccak256("sealed-params-salt-v1" ‖ suite u16 ‖ secret) ‖ encoded parameters)`: a sealed task's `paramsHash`. Stop texts are text too. */
export function sealedParamsHash({ suite, secret }: CommitSecret, params: SamplingParams): Bytes32 {
  const salt = keccak256(tagged("sealed-params-salt-v1", suite).hex(secret, 32).toBytes());
  return keccak256(tagged("sealed-params-v1", suite).hex(salt, 32).bytes(encodeParams(params)).toBytes());
}

/** `keccak256("sealed-answer-salt-v1" ‖ suite u16 ‖ taskId ‖ secret)`: what a copy's answer is committed to with; the secret is that copy's own. */
export function sealedAnswerSalt({ suite, secret }: CommitSecret, taskId: Bytes32): Bytes32 {
  return keccak256(tagged("sealed-answer-salt-v1", suite).hex(taskId, 32).hex(secret, 32).toBytes());
}

/** Where a sealed answer's running token root begins, in place of zero: `keccak256("sealed-token-root-v1" ‖ answer salt)`. */
export function sealedRootStart(answerSalt: Bytes32): TokenRootState {
  const root = keccak256(new ByteWriter().tag("sealed-token-root-v1").hex(answerSalt, 32).toBytes());
  return { position: 0, root };
}

/** `keccak256("sealed-output-v1" ‖ taskId ‖ answer salt ‖ output bytes)` of one segment. */
export function sealedOutCommit(taskId: Bytes32, answerSalt: Bytes32, output: Uint8Array): Bytes32 {
  return keccak256(
    new ByteWriter().tag("sealed-output-v1").hex(taskId, 32).hex(answerSalt, 32).bytes(output).toBytes(),
  );
}

/** `fpRoot` of a sealed segment: the Merkle root of `keccak256("sealed-fingerprint-v1" ‖ answer salt ‖ index u32 ‖ leaf)`, zero for a segment without tokens. */
export function sealedFingerprintRoot(answerSalt: Bytes32, tokens: Iterable<FingerprintedToken>): Bytes32 {
  const fingerprint = new Fingerprint();
  for (const token of tokens) fingerprint.push(token);
  const leaves = fingerprint.leaves().map((leaf, index) => saltedLeaf(answerSalt, index, leaf));
  return leaves.length === 0 ? ZERO_BYTES32 : merkleRoot(leaves);
}

function saltedLeaf(answerSalt: Bytes32, index: number, leaf: Bytes32): Bytes32 {
  const writer = new ByteWriter().tag("sealed-fingerprint-v1").hex(answerSalt, 32);
  return keccak256(writer.uint("index", index, 4).hex(leaf, 32).toBytes());
}

function tagged(tag: string, suite: SealSuite): ByteWriter {
  return new ByteWriter().tag(tag).uint("suite", suiteNumber(suite), 2);
}
