import { ByteWriter } from "../byteWriter.js";
import type { Address, Bytes32 } from "../primitives.js";
import type { AttestationKind } from "./attestation.js";

/** What a settled task made, as its settlement's public set says: no account, no client. The id is `setEntryId`. */
export type ResultsLeaf = { readonly id: Bytes32; readonly resultsHash: Bytes32 };

/** What audits and deliveries have shown of one miner with one model. Whole millionths, so that anybody has the same. */
export type ReputationLeaf = {
  readonly miner: Address;
  readonly modelId: Bytes32;
  /** Audits passed and failed, worn down by time, × 1,000,000. */
  readonly passedMicro: number;
  readonly failedMicro: number;
  readonly availabilityPpm: number;
  readonly speedPpm: number;
};

/** One settlement, as its event says. */
export type SettlementLeaf = {
  readonly lane: Address;
  readonly settlementId: Bytes32;
  readonly settlementRoot: Bytes32;
  readonly setCid: Bytes32;
  readonly debitedWei: bigint;
};

/** An epoch's beacon. Its secrets were shown in the epoch before, among whose roots it is. */
export type BeaconLeaf = { readonly epoch: number; readonly beacon: Bytes32 };

/** Where a chain was: its last block in the range. */
export type CheckpointLeaf = { readonly blockNumber: number; readonly blockHash: Bytes32; readonly stateRoot: Bytes32 };

/** All that a validator has ever earned by its duties: see `dutyPayStep`. */
export type DutyPayLeaf = { readonly validator: Address; readonly earnedWei: bigint };

/** The records of one kind. */
export type EpochLeaves =
  | { readonly kind: "results"; readonly leaves: readonly ResultsLeaf[] }
  | { readonly kind: "reputation"; readonly leaves: readonly ReputationLeaf[] }
  | { readonly kind: "settlement"; readonly leaves: readonly SettlementLeaf[] }
  | { readonly kind: "beacon"; readonly leaves: readonly BeaconLeaf[] }
  | { readonly kind: "checkpoint"; readonly leaves: readonly CheckpointLeaf[] }
  | { readonly kind: "dutyPay"; readonly leaves: readonly DutyPayLeaf[] };

/** Bytes at the front of a packed leaf that no two leaves of a root share. */
export const LEAF_KEY_BYTES = {
  results: 32,
  reputation: 52,
  settlement: 52,
  beacon: 8,
  checkpoint: 8,
  dutyPay: 20,
} as const satisfies Record<AttestationKind, number>;

/**
 * Each leaf packed, its key first, big-endian. Results: id 32 ‖ resultsHash 32. Reputation: miner 20 ‖ modelId 32 ‖
 * passedMicro u64 ‖ failedMicro u64 ‖ availabilityPpm u32 ‖ speedPpm u32. Settlement: lane 20 ‖ settlementId 32 ‖ settlementRoot 32 ‖
 * setCid 32 ‖ debitedWei u96. Beacon: epoch u64 ‖ beacon 32. Checkpoint: blockNumber u64 ‖ blockHash 32 ‖ stateRoot 32.
 * Duty pay: validator 20 ‖ earnedWei u96.
 */
export function packLeaves(of: EpochLeaves): readonly Uint8Array[] {
  switch (of.kind) {
    case "results":
      return of.leaves.map((leaf) => new ByteWriter().hex(leaf.id, 32).hex(leaf.resultsHash, 32).toBytes());
    case "reputation":
      return of.leaves.map(packReputation);
    case "settlement":
      return of.leaves.map(packSettlement);
    case "beacon":
      return of.leaves.map((leaf) => new ByteWriter().uint("epoch", leaf.epoch, 8).hex(leaf.beacon, 32).toBytes());
    case "checkpoint":
      return of.leaves.map((leaf) =>
        new ByteWriter()
          .uint("blockNumber", leaf.blockNumber, 8)
          .hex(leaf.blockHash, 32)
          .hex(leaf.stateRoot, 32)
          .toBytes(),
      );
    case "dutyPay":
      return of.leaves.map((leaf) =>
        new ByteWriter().hex(leaf.validator, 20).uint("earnedWei", leaf.earnedWei, 12).toBytes(),
      );
  }
}

function packReputation(leaf: ReputationLeaf): Uint8Array {
  return new ByteWriter()
    .hex(leaf.miner, 20)
    .hex(leaf.modelId, 32)
    .uint("passedMicro", leaf.passedMicro, 8)
    .uint("failedMicro", leaf.failedMicro, 8)
    .uint("availabilityPpm", leaf.availabilityPpm, 4)
    .uint("speedPpm", leaf.speedPpm, 4)
    .toBytes();
}

function packSettlement(leaf: SettlementLeaf): Uint8Array {
  return new ByteWriter()
    .hex(leaf.lane, 20)
    .hex(leaf.settlementId, 32)
    .hex(leaf.settlementRoot, 32)
    .hex(leaf.setCid, 32)
    .uint("debitedWei", leaf.debitedWei, 12)
    .toBytes();
}
