import type { Bytes32, CreditReason, ServiceFigures } from "@cortensor/protocol";

/** What was counted of a session's requests in one epoch, under the level that it had then. */
export type ServiceRow = ServiceFigures & {
  readonly account: number;
  readonly epoch: number;
  /** 1…10. */
  readonly sla: number;
};

/** A task that ended without a whole answer and has a fee: what its miners are paid for what the client saw. */
export type CutReceipt = {
  readonly taskId: Bytes32;
  readonly account: number;
  readonly epoch: number;
  readonly feeWei: bigint;
};

/** `none`: a promise that was kept, or isn't judged. `owed`: to be given on chain. `given`: it was, or needs no chain. */
export type SessionCreditState = "none" | "owed" | "given";

/** What a session gets back for an epoch, and why; or that it gets nothing for it. */
export type SessionCredit = {
  readonly account: number;
  readonly reason: CreditReason;
  /** First and last epoch that it is for. */
  readonly fromEpoch: number;
  readonly epoch: number;
  readonly wei: bigint;
  readonly state: SessionCreditState;
  /** What a verdict was found by; level 0 and zeros for cut tasks. */
  readonly sla: number;
  readonly figures: ServiceFigures;
  readonly txHash?: Bytes32;
};

/** The part of the books that remembers how sessions were served, and what they get back for it. */
export type ServiceBooks = {
  /** Keeps what one process has counted so far. Its totals take the place of those it gave before, so that giving them again adds nothing. */
  keepService(meter: Bytes32, rows: readonly ServiceRow[]): Promise<void>;
  /** Figures of all processes, of epochs before this one and after each account's last judged one: by account, then epoch. */
  unjudgedService(beforeEpoch: number, limit: number): Promise<readonly ServiceRow[]>;
  /** Fees of an account's durable receipts of these epochs, in wei. */
  feesOf(range: { readonly account: number; readonly fromEpoch: number; readonly epoch: number }): Promise<bigint>;
  /** Receipts of tasks that were cut and not given back yet, of epochs before this one, oldest first. */
  cutReceipts(beforeEpoch: number, limit: number): Promise<readonly CutReceipt[]>;
  /**
   * Books a verdict or a credit, once for each account, epoch and reason. The receipts that it gives back are marked with it, and leave
   * what their API keys have spent, and the figures that a verdict judged are dropped, in one transaction. False, and nothing changes, when it or one of the receipts was booked before.
   */
  bookSessionCredit(credit: SessionCredit, taskIds: readonly Bytes32[]): Promise<boolean>;
  /** Those `owed`, oldest first. */
  owedSessionCredits(limit: number): Promise<readonly SessionCredit[]>;
  /** Remembers the transaction of a credit, or that it is given for good. */
  markSessionCredit(
    key: Pick<SessionCredit, "account" | "epoch" | "reason">,
    mark: { readonly state: "owed" | "given"; readonly txHash?: Bytes32 },
  ): Promise<void>;
  /** Verdicts and credits of an account, newest first. */
  sessionCredits(page: { readonly account: number; readonly limit: number }): Promise<readonly SessionCredit[]>;
};
