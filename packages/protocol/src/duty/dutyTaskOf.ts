import type { Address, Bytes32 } from "../primitives.js";
import { type AuditRates, leastTrustedRate } from "./auditRates.js";
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
 * A task as duties are drawn from it. Nobody checks what paid itself: the payees, their owners and the lane are its parties. It is checked as often as its least trusted
 * miner's tasks are; a payee that never was a node isn't one.
 */
export function dutyTaskOf(
  { id, lane, payees }: DutyTaskSource,
  known: {
    /** Who owns each payee that is, or was, a node. */
    readonly owners: ReadonlyMap<Address, Address>;
    /** As of the last reputation root before the epoch: see `auditRates`. */
    readonly rates: AuditRates;
  },
): DutyTask {
  const { owners, rates } = known;
  return {
    taskId: id,
    ratePpm: leastTrustedRate(
      payees.filter((payee) => owners.has(payee)),
      rates,
    ),
    parties: new Set([lane, ...payees, ...payees.flatMap((payee) => owners.get(payee) ?? [])]),
  };
}
