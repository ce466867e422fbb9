import type { Address, Bytes32 } from "./primitives.js";

/** Output tokens between two checkpoints of a stream. */
export const CHECKPOINT_TOKENS = 32;

/**
 * A miner's signed position within a segment: "tokens 0…position of this replica hash to tokenRoot".
 *
 * `Checkpoint(bytes32 taskId,address miner,uint8 replica,uint16 segment,uint32 position,bytes32 tokenRoot)`
 */
export type Checkpoint = {
  readonly taskId: Bytes32;
  readonly miner: Address;
  readonly replica: number;
  readonly segment: number;
  /** Output tokens covered: `tokens[0…position)`. */
  readonly position: number;
  /** Running root at `position`: see `tokenRoot.ts`. */
  readonly tokenRoot: Bytes32;
};

/**
 * The router's word that it has received, and will pay for, the tokens up to this checkpoint. A leaf of its batch.
 *
 * `Acknowledgement(bytes32 taskId,address miner,uint8 replica,uint16 segment,uint32 position,bytes32 tokenRoot)`
 */
export type Acknowledgement = Checkpoint;
