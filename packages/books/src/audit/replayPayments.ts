import { type Address, nextHead, type PaymentEvent, type SettledEvent, ZERO_BYTES32 } from "@cortensor/protocol";
import { type Difference, Differences } from "./difference.js";
import { type Earnings, earningsAt, NO_EARNINGS } from "./maturing.js";
import type { AccountMoney, CreditMoney, LaneMoney, PaymentState, Raise, ReplayedSettlement } from "./paymentState.js";

export type Replay = {
  readonly state: PaymentState;
  /** In the order of the chain. */
  readonly settlements: readonly ReplayedSettlement[];
  /** Where the logs contradict each other: a contract that keeps its rules writes none. */
  readonly differences: readonly Difference[];
};

/** Recomputes every balance from SessionPayment's logs, in the order of the chain. Pure. */
export function replayPayments(events: Iterable<PaymentEvent>): Replay {
  const ledger = new Ledger();
  for (const event of events) ledger.take(event);
  return {
    state: { accounts: ledger.accounts, operators: ledger.operators },
    settlements: ledger.settlements,
    differences: ledger.differences.all,
  };
}

type Account = { -readonly [Key in keyof AccountMoney]: AccountMoney[Key] } & {
  readonly lanes: Map<Address, LaneMoney>;
};
type Operator = { readonly credits: Map<Address, CreditMoney>; earnings: Earnings; head: `0x${string}` };

const NO_LANE: LaneMoney = { allotmentWei: 0n, cumulativeWei: 0n, count: 0 };
const NO_CREDIT: CreditMoney = { creditedWei: 0n, withdrawnWei: 0n };

class Ledger {
  readonly accounts = new Map<number, Account>();
  readonly operators = new Map<Address, Operator>();
  readonly settlements: ReplayedSettlement[] = [];
  readonly differences = new Differences();
  readonly #sessionCredits = new Set<string>();

  take(event: PaymentEvent): void {
    switch (event.kind) {
      case "deposited":
      case "refunded":
      case "allotmentChanged":
      case "closeRequested":
      case "closed":
      case "sessionCredited":
        this.#takeOfAccount(event);
        break;
      case "settled":
        this.#settle(event, event);
        break;
      case "creditRaised":
      case "creditWithdrawn":
        this.#takeOfPayee(event);
        break;
      case "earningsWithdrawn":
      case "maturingFrozen":
        this.#takeOfOperator(event);
        break;
    }
  }

  #takeOfAccount(
    event: Extract<
      PaymentEvent,
      { kind: "deposited" | "sessionCredited" | "refunded" | "allotmentChanged" | "closeRequested" | "closed" }
    >,
  ): void {
    const account = this.#account(event.account);
    const where = `account ${event.account}, block ${event.blockNumber}`;
    const { differences } = this;
    switch (event.kind) {
      case "deposited":
      case "sessionCredited":
        account.depositWei += event.amountWei;
        differences.compare("depositLogged", { where, expected: account.depositWei, found: event.depositWei });
        break;
      case "refunded":
        account.depositWei -= event.amountWei;
        break;
      case "allotmentChanged": {
        const lane = account.lanes.get(event.lane) ?? NO_LANE;
        account.allottedWei += event.allotmentWei - lane.allotmentWei;
        account.lanes.set(event.lane, { ...lane, allotmentWei: event.allotmentWei });
        break;
      }
      case "closeRequested":
        account.closeAt = event.closeAt;
        break;
      case "closed": {
        account.closed = true;
        const freeWei = account.depositWei - account.allottedWei;
        differences.compare("refundWei", { where, expected: freeWei, found: event.refundWei });
        break;
      }
    }
    if (event.kind === "sessionCredited") this.#takeSessionCredit(event, where);
    if (account.allottedWei <= account.depositWei) return;
    const most = `at most ${account.depositWei}`;
    differences.add("allottedAboveDeposit", { where, expected: most, found: account.allottedWei });
  }

  /** An operator gives a session something once for each epoch and reason. */
  #takeSessionCredit(event: Extract<PaymentEvent, { kind: "sessionCredited" }>, where: string): void {
    const { lane, account, epoch, reason } = event;
    const name = `${lane} ${account} ${epoch} ${reason}`;
    if (this.#sessionCredits.has(name)) {
      this.differences.add("creditRepeated", { where, expected: `once for epoch ${epoch}`, found: "again" });
    }
    this.#sessionCredits.add(name);
  }

  #settle(settled: SettledEvent, { blockNumber, atSeconds }: PaymentEvent): void {
    const { lane, settlementId } = settled;
    const { differences } = this;
    const where = `settlement ${settlementId}`;
    const operator = this.#operator(lane);
    const debitedWei = settled.debits.reduce((sum, debit) => sum + this.#debit(lane, debit, where), 0n);
    const raises = raiseAll(operator.credits, settled.credits);
    const raisedWei = [...raises.values()].reduce((sum, { fromWei, toWei }) => sum + toWei - fromWei, 0n);
    differences.compare("settlementId", { where, expected: settled.contentId, found: settlementId });
    differences.compare("debitedWei", { where, expected: debitedWei, found: settled.debitedWei });
    if (raisedWei > debitedWei) {
      differences.add("creditsAboveDebits", { where, expected: `at most ${debitedWei}`, found: raisedWei });
    }
    differences.compare("operatorWei", { where, expected: debitedWei - raisedWei, found: settled.operatorWei });
    operator.head = nextHead({ head: operator.head, settlementId, atSeconds });
    differences.compare("head", { where, expected: operator.head, found: settled.head });
    const earnings = earningsAt(operator.earnings, atSeconds);
    operator.earnings = { ...earnings, newestWei: earnings.newestWei + debitedWei - raisedWei };
    this.settlements.push({ settled, blockNumber, atSeconds, debitedWei, raises });
  }

  /** Takes one debit, and gives its step. */
  #debit(lane: Address, debit: SettledEvent["debits"][number], settlement: string): bigint {
    const { lanes } = this.#account(debit.account);
    const before = lanes.get(lane) ?? NO_LANE;
    const where = `${settlement}, account ${debit.account}`;
    const { cumulativeWei, count } = debit;
    const facts = [
      ["debitNotHigher", cumulativeWei > before.cumulativeWei, `above ${before.cumulativeWei}`, cumulativeWei],
      ["debitAboveAllotment", cumulativeWei <= before.allotmentWei, `at most ${before.allotmentWei}`, cumulativeWei],
      ["countFell", count >= before.count, `at least ${before.count}`, count],
    ] as const;
    for (const [what, holds, expected, found] of facts) {
      if (!holds) this.differences.add(what, { where, expected, found });
    }
    lanes.set(lane, { ...before, cumulativeWei, count });
    return cumulativeWei - before.cumulativeWei;
  }

  #takeOfPayee(event: Extract<PaymentEvent, { kind: "creditRaised" | "creditWithdrawn" }>): void {
    const { credits } = this.#operator(event.lane);
    const before = credits.get(event.payee) ?? NO_CREDIT;
    const where = `payee ${event.payee}, lane ${event.lane}, block ${event.blockNumber}`;
    if (event.kind === "creditRaised") {
      const creditedWei = before.creditedWei + event.raisedWei;
      credits.set(event.payee, { ...before, creditedWei });
      this.differences.compare("creditLogged", { where, expected: creditedWei, found: event.creditedWei });
      return;
    }
    const withdrawnWei = before.withdrawnWei + event.amountWei;
    credits.set(event.payee, { ...before, withdrawnWei });
    if (withdrawnWei <= before.creditedWei) return;
    const most = `at most ${before.creditedWei}`;
    this.differences.add("withdrawnAboveCredit", { where, expected: most, found: withdrawnWei });
  }

  #takeOfOperator(event: Extract<PaymentEvent, { kind: "earningsWithdrawn" | "maturingFrozen" }>): void {
    const operator = this.#operator(event.lane);
    const earnings = earningsAt(operator.earnings, event.atSeconds);
    const where = `lane ${event.lane}, block ${event.blockNumber}`;
    if (event.kind === "earningsWithdrawn") {
      operator.earnings = { ...earnings, maturedWei: 0n };
      const { maturedWei: expected } = earnings;
      this.differences.compare("earningsWithdrawn", { where, expected, found: event.amountWei });
      return;
    }
    operator.earnings = { ...earnings, olderWei: 0n, newestWei: 0n };
    const expected = earnings.olderWei + earnings.newestWei;
    this.differences.compare("maturingFrozen", { where, expected, found: event.frozenWei });
  }

  #account(account: number): Account {
    const known = this.accounts.get(account);
    if (known !== undefined) return known;
    const fresh = { depositWei: 0n, allottedWei: 0n, closeAt: 0, closed: false, lanes: new Map() };
    this.accounts.set(account, fresh);
    return fresh;
  }

  #operator(lane: Address): Operator {
    const known = this.operators.get(lane);
    if (known !== undefined) return known;
    const fresh = { credits: new Map(), earnings: NO_EARNINGS, head: ZERO_BYTES32 };
    this.operators.set(lane, fresh);
    return fresh;
  }
}

/** Raises counters as the contract does: one that isn't higher moves nothing. */
function raiseAll(credits: Map<Address, CreditMoney>, named: SettledEvent["credits"]): ReadonlyMap<Address, Raise> {
  const raises = new Map<Address, Raise>();
  for (const { payee, cumulativeWei } of named) {
    const before = credits.get(payee) ?? NO_CREDIT;
    const toWei = cumulativeWei > before.creditedWei ? cumulativeWei : before.creditedWei;
    raises.set(payee, { fromWei: raises.get(payee)?.fromWei ?? before.creditedWei, toWei });
    credits.set(payee, { ...before, creditedWei: toWei });
  }
  return raises;
}
