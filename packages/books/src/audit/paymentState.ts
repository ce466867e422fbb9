import type { Address, Bytes32, SettledEvent, UnixSeconds } from "@cortensor/protocol";
import type { Earnings } from "./maturing.js";

/** Money of one account, as its contract keeps it. Wei of COR. */
export type AccountMoney = {
  /** Ever deposited, less what was refunded. */
  readonly depositWei: bigint;
  readonly allottedWei: bigint;
  /** 0 while open. */
  readonly closeAt: UnixSeconds;
  readonly closed: boolean;
};
export type LaneMoney = { readonly allotmentWei: bigint; readonly cumulativeWei: bigint; readonly count: number };
export type CreditMoney = { readonly creditedWei: bigint; readonly withdrawnWei: bigint };

/** Everything that SessionPayment's logs add up to. */
export type PaymentState = {
  readonly accounts: ReadonlyMap<number, AccountMoney & { readonly lanes: ReadonlyMap<Address, LaneMoney> }>;
  readonly operators: ReadonlyMap<
    Address,
    { readonly credits: ReadonlyMap<Address, CreditMoney>; readonly earnings: Earnings; readonly head: Bytes32 }
  >;
};

/** A payee's counter before and after a settlement. */
export type Raise = { readonly fromWei: bigint; readonly toWei: bigint };

/** A settlement and what it moved. */
export type ReplayedSettlement = {
  readonly settled: SettledEvent;
  readonly blockNumber: bigint;
  /** That block's time. */
  readonly atSeconds: UnixSeconds;
  /** Sum of the debits' steps, as computed. */
  readonly debitedWei: bigint;
  /** Every payee named by it, those that it didn't raise too. */
  readonly raises: ReadonlyMap<Address, Raise>;
};
