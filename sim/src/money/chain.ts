import type { BookedReceipt, SettlementPlan } from "@cortensor/books";
import { type Address, type Bytes32, findSplits, netWei, penaltyWeiUp, sharePenalty } from "@cortensor/protocol";
import type { Account } from "./account.js";

/** Who can be slashed. */
export type Staked = { stakeWei: bigint };

/**
 * What the contracts do with money, with their own checks, which trust no router: a broken one is named in `violations`. Nothing here reads how
 * a settlement was planned.
 */
export class Chain {
  readonly credits = new Map<Address, bigint>();
  readonly violations: string[] = [];
  operatorWei = 0n;
  finderWei = 0n;
  harmedWei = 0n;
  burnedWei = 0n;
  slashedWei = 0n;
  readonly #settled = new Set<Bytes32>();

  get settledTasks(): number {
    return this.#settled.size;
  }

  /** The receipts are those that the plan names; who is owed what is computed anew from them. */
  settle(
    plan: SettlementPlan,
    parts: {
      readonly accounts: readonly Account[];
      readonly receipts: ReadonlyMap<Bytes32, BookedReceipt>;
      readonly treasury: Address;
    },
  ): void {
    let steps = 0n;
    for (const { debit } of plan.debits) {
      const account = parts.accounts[debit.account];
      if (account === undefined) this.#broke(`a debit of no account ${debit.account}`);
      else {
        if (debit.cumulativeWei <= account.settledWei)
          this.#broke(`account ${account.index}: a debit that moves nothing`);
        if (debit.cumulativeWei > account.depositWei)
          this.#broke(`account ${account.index}: a debit above its deposit`);
        steps += debit.cumulativeWei - account.settledWei;
        account.settledWei = debit.cumulativeWei;
      }
    }
    const credited = plan.credits.reduce((sum, { wei }) => sum + wei, 0n);
    if (credited + plan.operatorWei !== steps) this.#broke(`${credited} and ${plan.operatorWei} credited of ${steps}`);
    if (plan.operatorWei < 0n) this.#broke("the operator owes");
    const owed = this.#owedBy(plan, parts.receipts);
    for (const { payee, wei } of plan.credits) {
      this.credits.set(payee, (this.credits.get(payee) ?? 0n) + wei);
      if (payee !== parts.treasury && owed.get(payee) !== wei)
        this.#broke(`${payee} is owed ${owed.get(payee)}, credited ${wei}`);
      owed.delete(payee);
    }
    for (const [payee, wei] of owed) if (wei > 0n) this.#broke(`${payee} is owed ${wei}, credited nothing`);
    this.operatorWei += plan.operatorWei;
  }

  /** Takes a penalty by the table of offences, as much of it as is there. Returns what was taken, and the harmed one's part. */
  slash(
    offender: Staked,
    parts: { readonly causeWei: bigint; readonly hasHarmed: boolean },
  ): { takenWei: bigint; harmedWei: bigint } {
    const wanted = penaltyWeiUp("wrongResult", { causeWei: parts.causeWei, heldWei: offender.stakeWei });
    const takenWei = wanted < offender.stakeWei ? wanted : offender.stakeWei;
    const shares = sharePenalty("wrongResult", takenWei);
    const harmedWei = parts.hasHarmed ? shares.harmedWei : 0n;
    offender.stakeWei -= takenWei;
    this.slashedWei += takenWei;
    this.finderWei += shares.finderWei;
    this.harmedWei += harmedWei;
    this.burnedWei += takenWei - shares.finderWei - harmedWei;
    return { takenWei, harmedWei };
  }

  #owedBy(plan: SettlementPlan, receipts: ReadonlyMap<Bytes32, BookedReceipt>): Map<Address, bigint> {
    const owed = new Map<Address, bigint>();
    for (const taskId of plan.taskIds) {
      const before = this.#settled.size;
      if (this.#settled.add(taskId).size === before) this.#broke(`${taskId} is settled twice`);
      const booked = receipts.get(taskId);
      const splits = booked && findSplits(booked.receipt.splitsHash);
      if (booked === undefined || splits === undefined) this.#broke(`${taskId} has no receipt`);
      else for (const { miner, wei } of booked.payees) owed.set(miner, (owed.get(miner) ?? 0n) + netWei(wei, splits));
    }
    return owed;
  }

  #broke(what: string): void {
    this.violations.push(what);
  }
}
