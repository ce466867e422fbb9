import { keccak256 } from "./bytes.js";
import { ByteWriter } from "./byteWriter.js";
import type { Bytes32 } from "./primitives.js";

const BEACON_TAG = "beacon-v1";
const SEED_TAG = "poi-seed-v2";

/** The beacon of an epoch on a network without guards: `keccak256("beacon-v1" ‖ chainId u256 ‖ epoch u64)`. */
export function beaconWithoutGuards(chainId: number, epoch: number): Bytes32 {
  return keccak256(new ByteWriter().tag(BEACON_TAG).uint("chainId", chainId, 32).uint("epoch", epoch, 8).toBytes());
}

/** `keccak256(taskId ‖ userNonce ‖ beacon)`: randomness that no miner chooses and a successor inherits. */
export function seedSource(parts: {
  readonly taskId: Bytes32;
  readonly userNonce: Bytes32;
  /** Of the epoch that the task's assignments name. */
  readonly beacon: Bytes32;
}): Bytes32 {
  return keccak256(new ByteWriter().hex(parts.taskId, 32).hex(parts.userNonce, 32).hex(parts.beacon, 32).toBytes());
}

/**
 * `keccak256(modelId ‖ keccak256(prompt token ids, 4 bytes little-endian each) ‖ paramsHash ‖ userSeed i64 big-endian)`:
 * the same question asked twice gets the same answer. Never published.
 */
export function userSeedSource(parts: {
  readonly modelId: Bytes32;
  readonly promptTokens: readonly number[];
  readonly paramsHash: Bytes32;
  readonly userSeed: bigint;
}): Bytes32 {
  const ids = new DataView(new ArrayBuffer(parts.promptTokens.length * 4));
  parts.promptTokens.forEach((id, index) => {
    ids.setUint32(index * 4, id, true);
  });
  return keccak256(
    new ByteWriter()
      .hex(parts.modelId, 32)
      .hex(keccak256(new Uint8Array(ids.buffer)), 32)
      .hex(parts.paramsHash, 32)
      .int("userSeed", parts.userSeed, 8)
      .toBytes(),
  );
}

/** The sampler's seed of one replica: `keccak256("poi-seed-v2" ‖ source ‖ replica u8)`. */
export function samplerSeed(source: Bytes32, replica: number): Bytes32 {
  return keccak256(new ByteWriter().tag(SEED_TAG).hex(source, 32).uint("replica", replica, 1).toBytes());
}
