import type { Address, Bytes32, UnixSeconds } from "@cortensor/protocol";
import { type Difference, Differences } from "./difference.js";
import { earningsAt } from "./maturing.js";
import type { AccountMoney, CreditMoney, LaneMoney, PaymentState } from "./paymentState.js";

/** What the contracts say at one block, of everything that the logs name. */
export type PaymentSnapshot = {
  /** That block's time. */
  readonly atSeconds: UnixSeconds;
  /** COR of the payment contract. */
  readonly heldWei: bigint;
  readonly accounts: ReadonlyMap<number, AccountMoney & { readonly lanes: ReadonlyMap<Address, LaneMoney> }>;
  readonly operators: ReadonlyMap<
    Address,
    {
      readonly credits: ReadonlyMap<Address, CreditMoney>;
      readonly maturedWei: bigint;
      readonly maturingWei: bigint;
      readonly head: Bytes32;
    }
  >;
};

/** Every balance that isn't what the logs up to the snapshot's block add up to. */
export function compareBalances(state: PaymentState, snapshot: PaymentSnapshot): readonly Difference[] {
  const differences = new Differences();
  for (const [account, { lanes, ...money }] of state.accounts) {
    const found = snapshot.accounts.get(account);
    const where = `account ${account}`;
    differences.compare("account", {
      where,
      expected: showAccount(money),
      found: found ? showAccount(found) : "nothing",
    });
    for (const [lane, one] of lanes) {
      const other = found?.lanes.get(lane);
      const facts = { where: `${where}, lane ${lane}`, expected: showLane(one) };
      differences.compare("lane", { ...facts, found: other ? showLane(other) : "nothing" });
    }
  }
  for (const [lane, { credits, earnings, head }] of state.operators) {
    const found = snapshot.operators.get(lane);
    const where = `lane ${lane}`;
    const { maturedWei, olderWei, newestWei } = earningsAt(earnings, snapshot.atSeconds);
    const expected = showEarnings(maturedWei, olderWei + newestWei);
    const shown = found ? showEarnings(found.maturedWei, found.maturingWei) : "nothing";
    differences.compare("earnings", { where, expected, found: shown });
    differences.compare("headOf", { where, expected: head, found: found?.head ?? "nothing" });
    for (const [payee, credit] of credits) {
      const other = found?.credits.get(payee);
      const facts = { where: `payee ${payee}, ${where}`, expected: showCredit(credit) };
      differences.compare("credit", { ...facts, found: other ? showCredit(other) : "nothing" });
    }
  }
  const owedWei = owedOf(state);
  if (snapshot.heldWei < owedWei) {
    differences.add("heldWei", { where: "SessionPayment", expected: `at least ${owedWei}`, found: snapshot.heldWei });
  }
  return differences.all;
}

/** COR that the contract owes: what clients haven't spent, and what payees and operators haven't withdrawn. */
export function owedOf({ accounts, operators }: PaymentState): bigint {
  let owedWei = 0n;
  for (const { depositWei, lanes } of accounts.values()) {
    owedWei += depositWei;
    for (const { cumulativeWei } of lanes.values()) owedWei -= cumulativeWei;
  }
  for (const { credits, earnings } of operators.values()) {
    owedWei += earnings.maturedWei + earnings.olderWei + earnings.newestWei;
    for (const { creditedWei, withdrawnWei } of credits.values()) owedWei += creditedWei - withdrawnWei;
  }
  return owedWei;
}

function showAccount({ depositWei, allottedWei, closeAt, closed }: AccountMoney): string {
  const life = closed ? "closed" : closeAt === 0 ? "open" : `closes at ${closeAt}`;
  return `${depositWei} wei deposited, ${allottedWei} allotted, ${life}`;
}

function showLane({ allotmentWei, cumulativeWei, count }: LaneMoney): string {
  return `${cumulativeWei} of ${allotmentWei} wei spent for ${count} receipts`;
}

function showCredit({ creditedWei, withdrawnWei }: CreditMoney): string {
  return `${creditedWei} wei credited, ${withdrawnWei} withdrawn`;
}

function showEarnings(maturedWei: bigint, maturingWei: bigint): string {
  return `${maturedWei} wei matured, ${maturingWei} maturing`;
}
