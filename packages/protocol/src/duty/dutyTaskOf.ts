import type { Address, Bytes32 } from "../primitives.js";
import { auditRatePpm } from "./auditRate.js";
import type { DutyTask } from "./dutiesOf.js";

/** A task of a settlement's set, as far as duties are drawn from it. */
export type DutyTaskSource = {
  /** See `setEntryId`. */
  readonly id: Bytes32;
  /** The router's operator. */
  readonly lane: Address;
  /** Who is paid for it: its miners among them. */
  readonly payees: readonly Address[];
};

/**
 * A task as duties are drawn from it. Nobody checks what paid itself: the payees, their owners and the lane are its parties. Until reputations have leaves every miner
 * is a newcomer, and so every task is checked as often as can be.
 */
export function dutyTaskOf({ id, lane, payees }: DutyTaskSource, owners: ReadonlyMap<Address, Address>): DutyTask {
  const ownersOfPayees = payees.flatMap((payee) => owners.get(payee) ?? []);
  return {
    taskId: id,
    ratePpm: auditRatePpm({ tasks: 0, reputationPpm: 0 }),
    parties: new Set([lane, ...payees, ...ownersOfPayees]),
  };
}
