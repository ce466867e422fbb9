import { keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import type { Address, Bytes32 } from "../primitives.js";
import { type GuardSet, totalStakeWei } from "./guardSet.js";

const TAG = "leader-v1";

/**
 * Who gathers an epoch's signatures first, second …: every guard once, drawn by stake without putting back. For rank 0, 1 …:
 * `point = keccak256("leader-v1" ‖ beacon ‖ epoch u64 ‖ rank u8) mod stake left`; going by address through those left, the first
 * whose stake, summed up to and with its own, is above the point.
 */
export function leaderOrder(set: GuardSet, beacon: Bytes32): readonly Address[] {
  const waiting = [...set.members];
  let leftWei = totalStakeWei(set);
  const order: Address[] = [];
  for (let rank = 0; waiting.length > 0; rank += 1) {
    const preimage = new ByteWriter().tag(TAG).hex(beacon, 32).uint("epoch", set.epoch, 8).uint("rank", rank, 1);
    let pointWei = BigInt(keccak256(preimage.toBytes())) % leftWei;
    const place = waiting.findIndex(({ stakeWei }) => {
      if (pointWei < stakeWei) return true;
      pointWei -= stakeWei;
      return false;
    });
    for (const { guard, stakeWei } of waiting.splice(place, 1)) {
      order.push(guard);
      leftWei -= stakeWei;
    }
  }
  return order;
}

/** The one leader of a slot; with fewer guards than slots they begin again. Throws PROTOCOL_OUT_OF_RANGE for no guards or no slot. */
export function leaderOfSlot(order: readonly Address[], slot: number): Address {
  const leader = Number.isInteger(slot) && slot >= 0 ? order[slot % order.length] : undefined;
  if (leader !== undefined) return leader;
  const range = `0… of ${order.length} guards`;
  throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field: "slot", value: String(slot), range });
}
