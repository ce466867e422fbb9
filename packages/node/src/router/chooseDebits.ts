import type { BookedReceipt, BookedSession, Books, LaneBooks } from "@cortensor/books";
import {
  type Address,
  type Debit,
  type Eip712Domain,
  hashDebit,
  type SignedDebit,
  typedDataDigest,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { lanePointAt } from "./laneRoot.js";
import type { RouterChain } from "./routerChain.js";
import type { ChainTime } from "./routerCore.js";
import type { DigestSigner } from "./routerParts.js";
import { spendableOf } from "./spendable.js";

export type DebitParts = {
  readonly chain: Pick<RouterChain, "profile" | "readLane" | "readSpendingKey">;
  readonly books: Pick<Books, "laneStatus" | "latestDebit" | "putDebit" | "receiptCommitments">;
  readonly operator: Address;
  /** The SessionPayment contract's domain. */
  readonly domain: Eip712Domain;
  readonly spenders: readonly DigestSigner[];
  readonly time: ChainTime;
  readonly log: Logger;
};

/** One account's part in a settlement: a debit, and what the chain took by earlier ones. */
export type ChosenDebit = { readonly signed: SignedDebit; readonly settledWei: bigint };

/**
 * The debit that settles an account's oldest receipts: the client's own, or one that the router signs with a key that the session
 * allows. Undefined when there is none, or when the chain and the books disagree on what is settled.
 */
export async function chooseDebit(
  parts: DebitParts,
  request: {
    readonly session: BookedSession;
    /** Read before the receipts, so that these are all that it counts, or more. */
    readonly status: LaneBooks;
    /** The account's unsettled receipts, oldest first. */
    readonly receipts: readonly BookedReceipt[];
  },
): Promise<ChosenDebit | undefined> {
  const { chain, books, operator, log } = parts;
  const { session, receipts, status } = request;
  const { account } = session;
  const lane = await chain.readLane(account);
  const [next] = await books.receiptCommitments({ account, from: lane.count, limit: 1 });
  if (next?.taskId !== receipts[0]?.receipt.taskId) {
    log.error("The chain and the books disagree on what is settled", { account, settledCount: lane.count });
    return undefined;
  }
  const settledWei = lane.cumulativeWei;
  if (session.custody === "self") {
    const signed = await books.latestDebit(account, operator);
    const isDue = signed !== undefined && signed.debit.cumulativeWei > settledWei;
    // What was served under a key that has ended since is still the key's to pay.
    if (isDue || receipts[0]?.receipt.custody !== "delegated") return signed && { signed, settledWei };
  }
  const spender = await findSpender(parts, session);
  if (spender === undefined) {
    log.warn("No key of this router may sign the session's debits", { account });
    return undefined;
  }
  const payable = session.custody === "self" ? firstDelegated(receipts) : receipts;
  const debit = await debitFor(parts, { status, receipts: payable, lane, spender });
  if (debit === undefined) return undefined;
  const signature = spender.signer.sign(typedDataDigest(parts.domain, hashDebit(debit)));
  const signed = { debit, signature };
  await books.putDebit(signed);
  return { signed, settledWei };
}

function firstDelegated(receipts: readonly BookedReceipt[]): readonly BookedReceipt[] {
  const end = receipts.findIndex(({ receipt }) => receipt.custody !== "delegated");
  return end === -1 ? receipts : receipts.slice(0, end);
}

type Spender = {
  readonly signer: DigestSigner;
  /** The epoch that counts the debit. */
  readonly epoch: number;
  /** Undefined: the owner's own key, which no cap binds. */
  readonly allowedWei?: bigint;
};

/** A key that the session's owner holds, or has allowed, and how much it may spend now. */
async function findSpender(
  { chain, spenders, time }: DebitParts,
  { account, owner }: BookedSession,
): Promise<Spender | undefined> {
  const epoch = time.epoch();
  const own = spenders.find(({ address }) => address === owner);
  if (own !== undefined) return { signer: own, epoch };
  for (const signer of spenders) {
    const record = await chain.readSpendingKey({ account, key: signer.address });
    const spendable = spendableOf(record, { profile: chain.profile, epoch });
    if (spendable !== undefined) return { signer, epoch: spendable.epoch, allowedWei: spendable.leftWei };
  }
  return undefined;
}

/** As many of the oldest receipts as the key may pay. */
async function debitFor(
  { books, operator }: DebitParts,
  parts: {
    readonly status: LaneBooks;
    readonly receipts: readonly BookedReceipt[];
    readonly lane: { readonly count: number; readonly cumulativeWei: bigint };
    readonly spender: Spender;
  },
): Promise<Debit | undefined> {
  const { status, receipts, lane, spender } = parts;
  const { epoch, allowedWei } = spender;
  const { account } = status;
  const countable = receipts.slice(0, Math.max(0, status.count - lane.count));
  let stepWei = 0n;
  let taken = 0;
  for (const { receipt } of countable) {
    if (allowedWei !== undefined && stepWei + receipt.feeWei > allowedWei) break;
    stepWei += receipt.feeWei;
    taken += 1;
  }
  if (stepWei === 0n) return undefined;
  const count = lane.count + taken;
  const point =
    count === status.count
      ? { count, cumulativeWei: status.spentWei, receiptsRoot: status.receiptsRoot }
      : await lanePointAt(books, { account, count });
  if (point === undefined || point.cumulativeWei !== lane.cumulativeWei + stepWei) return undefined;
  return { account, lane: operator, epoch, ...point };
}
