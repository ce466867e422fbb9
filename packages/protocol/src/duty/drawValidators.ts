import { type DrawCandidate, drawOrder } from "../draw/drawOrder.js";
import type { Address, Bytes32 } from "../primitives.js";
import { DISPUTE_VALIDATORS } from "./dispute.js";

/** Of draws for one subject those of a dispute's validators are a kind of their own. */
export const VALIDATORS_DRAW_PURPOSE = 3;

/**
 * The three validators of a dispute's round, a pure function of the beacon: of the candidates, who are staked, of the result's kernel class and may
 * validate, none of a party or of who sat before, and no two of one owner; by their lowest tickets. Fewer where there aren't three.
 */
export function drawValidators(
  candidates: readonly DrawCandidate[],
  of: {
    readonly beacon: Bytes32;
    /** As the results root has it. */
    readonly taskId: Bytes32;
    /** Owners of parties, and of the rounds before. */
    readonly barred: ReadonlySet<Address>;
  },
): readonly DrawCandidate[] {
  const source = { beacon: of.beacon, subject: of.taskId, purpose: VALIDATORS_DRAW_PURPOSE };
  const owners = new Set(of.barred);
  const seats: DrawCandidate[] = [];
  for (const candidate of drawOrder(candidates, source)) {
    if (seats.length >= DISPUTE_VALIDATORS) break;
    if (owners.has(candidate.owner)) continue;
    owners.add(candidate.owner);
    seats.push(candidate);
  }
  return seats;
}
