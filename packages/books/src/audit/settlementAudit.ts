import {
  type Address,
  type Bytes32,
  bytesToHex,
  decodeSettlementSet,
  hasCode,
  type SettlementSet,
  sha256Bytes,
} from "@cortensor/protocol";
import { type Difference, Differences } from "./difference.js";
import type { ReplayedSettlement } from "./paymentState.js";

/**
 * Compares settlements with their published sets, in the order of the chain: what a set says that tasks cost is what was debited, what
 * it says that payees have is what was credited, and no task stands in two of them. Bytes of one set at a time.
 */
export class SettlementAudit {
  readonly #differences = new Differences();
  /** Which settlement paid each task. */
  readonly #paidBy = new Map<Bytes32, Bytes32>();
  /** Sum of a payee's nets in a lane's sets so far. */
  readonly #nets = new Map<string, bigint>();

  get differences(): readonly Difference[] {
    return this.#differences.all;
  }

  /** Takes the next settlement and what was found under its `setCid`. Gives the set when that is what it claims to be. */
  take(replayed: ReplayedSettlement, bytes: Uint8Array | undefined): SettlementSet | undefined {
    const set = this.#open(replayed, bytes);
    if (set === undefined) this.skip(replayed);
    else this.#compare(replayed, set);
    return set;
  }

  /** Takes a settlement's credits as they are: what comes after it is measured from there. */
  skip({ settled, raises }: ReplayedSettlement): void {
    for (const [payee, { toWei }] of raises) this.#nets.set(keyOf(settled.lane, payee), toWei);
  }

  #open({ settled }: ReplayedSettlement, bytes: Uint8Array | undefined): SettlementSet | undefined {
    const { setCid: expected } = settled;
    const where = `settlement ${settled.settlementId}`;
    const differences = this.#differences;
    if (bytes === undefined) {
      differences.add("setMissing", { where, expected, found: "nothing" });
      return undefined;
    }
    const found = bytesToHex(sha256Bytes(bytes));
    if (found !== expected) {
      differences.add("setTampered", { where, expected, found });
      return undefined;
    }
    try {
      return decodeSettlementSet(bytes);
    } catch (error) {
      if (!hasCode(error, "PROTOCOL_BAD_SET")) throw error;
      differences.add("setMalformed", { where, expected: "a settlement set", found: error.message });
      return undefined;
    }
  }

  #compare({ settled, debitedWei, raises }: ReplayedSettlement, set: SettlementSet): void {
    const { lane, settlementId } = settled;
    const where = `settlement ${settlementId}`;
    const differences = this.#differences;
    const nets = new Map<Address, bigint>();
    let feesWei = 0n;
    for (const { id, feeWei, payees } of set.entries) {
      feesWei += feeWei;
      let netsWei = 0n;
      for (const { payee, netWei } of payees) {
        netsWei += netWei;
        nets.set(payee, (nets.get(payee) ?? 0n) + netWei);
      }
      const task = `${where}, task ${id}`;
      if (netsWei > feeWei) {
        differences.add("netsAboveFee", { where: task, expected: `at most ${feeWei}`, found: netsWei });
      }
      const earlier = this.#paidBy.get(id);
      if (earlier === undefined) this.#paidBy.set(id, settlementId);
      else differences.add("paidTwice", { where: task, expected: "one settlement", found: `also in ${earlier}` });
    }
    differences.compare("settlementRoot", { where, expected: set.settlementRoot, found: settled.settlementRoot });
    differences.compare("feesWei", { where, expected: debitedWei, found: feesWei });
    for (const payee of new Set([...nets.keys(), ...raises.keys()])) {
      this.#compareCredit(
        { where: `${where}, payee ${payee}`, key: keyOf(lane, payee) },
        nets.get(payee) ?? 0n,
        raises.get(payee),
      );
    }
  }

  /**
   * A settlement takes a payee's counter to the sum of its nets in the lane's sets, or leaves it where somebody's own payment has taken
   * it already. After a difference, what comes later is measured from the counter.
   */
  #compareCredit(
    { where, key }: { readonly where: string; readonly key: string },
    netWei: bigint,
    raise: { readonly fromWei: bigint; readonly toWei: bigint } | undefined,
  ): void {
    const expected = (this.#nets.get(key) ?? 0n) + netWei;
    this.#nets.set(key, expected);
    if (raise === undefined) {
      if (netWei > 0n) this.#differences.add("creditOfPayee", { where, expected, found: "no credit" });
      return;
    }
    const isPaidAlready = raise.toWei === raise.fromWei && raise.toWei >= expected;
    if (isPaidAlready || raise.toWei === expected) return;
    this.#nets.set(key, raise.toWei);
    this.#differences.add("creditOfPayee", { where, expected, found: raise.toWei });
  }
}

function keyOf(lane: Address, payee: Address): string {
  return `${lane} ${payee}`;
}
