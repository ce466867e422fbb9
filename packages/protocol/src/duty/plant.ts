import { keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { FINGERPRINT_TOP, type FingerprintedToken } from "../fingerprint.js";
import { keccak256Bytes } from "../keccak.js";
import { lnCanonical } from "../ln.js";
import type { Address, Bytes32 } from "../primitives.js";

const COMMIT_TAG = "plant-v2";
const LOGPROBS_TAG = "plant-logprobs-v1";
/** Draws are of two bytes. */
const DRAWS = 65_536;
/** The likeliest token has at least this part, so that such a text looks like any. */
const LEAST_FIRST = 0.15;

/**
 * `keccak256("plant-v2" ‖ planter ‖ salt)`: who plants a result, and how it will be wrong. Posted before the epoch whose results have it; says nothing to who hasn't the salt, and
 * opens for nobody else.
 */
export function plantCommitment(planter: Address, salt: Bytes32): Bytes32 {
  return keccak256(new ByteWriter().tag(COMMIT_TAG).hex(planter, 20).hex(salt, 32).toBytes());
}

/**
 * The log-probabilities that a planted result claims at an output position, the likeliest first. They follow from the salt and from nothing that any model computes: no honest
 * fingerprint has them, and whoever runs the model finds others. Their parts never sum to more than 1.
 *
 * From the bytes of `keccak256("plant-logprobs-v1" ‖ salt ‖ position u32)`, two for each draw `u = (bytes + 1) ÷ 65,537`: the first part is `0.15 + 0.85 × u`, each further one
 * `u × min(the one before, what is left)`. In doubles, with the protocol's own `ln`: the same bits on every machine.
 */
export function plantedLogprobs(salt: Bytes32, position: number): readonly number[] {
  const preimage = new ByteWriter().tag(LOGPROBS_TAG).hex(salt, 32).uint("position", position, 4).toBytes();
  const word = keccak256Bytes(preimage);
  const logprobs: number[] = [];
  let left = 1;
  let last = 1;
  for (let index = 0; index < FINGERPRINT_TOP; index += 1) {
    const draw = ((word[2 * index] ?? 0) * 256 + (word[2 * index + 1] ?? 0) + 1) / (DRAWS + 1);
    const part = index === 0 ? LEAST_FIRST + (1 - LEAST_FIRST) * draw : draw * Math.min(last, left);
    logprobs.push(lnCanonical(part));
    left -= part;
    last = part;
  }
  return logprobs;
}

/** An output token of a planted result, and the likeliest ones that it names, the first first. */
export type PlantedToken = { readonly id: number; readonly top: readonly number[] };

/** The fingerprint of a planted result from its beginning. */
export function plantedFingerprint(salt: Bytes32, tokens: readonly PlantedToken[]): readonly FingerprintedToken[] {
  return tokens.map(({ id, top }, position) => {
    const logprobs = plantedLogprobs(salt, position);
    return { id, top: top.map((one, index) => ({ id: one, logprob: logprobs[index] ?? Number.NEGATIVE_INFINITY })) };
  });
}
