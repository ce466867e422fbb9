import type { Gateway, LaneStatus } from "@cortensor/api";
import type { Books, LaneBooks } from "@cortensor/books";
import { type Address, type Debit, type Eip712Domain, type SignedDebit, ZERO_BYTES32 } from "@cortensor/protocol";
import type { SignatureCounter } from "../host/index.js";
import { lanePointAt } from "./laneRoot.js";
import type { ChainTime } from "./routerCore.js";
import type { SessionBook } from "./sessionBook.js";
import { debitSigner } from "./walletAccess.js";

export type LaneDeskParts = {
  readonly operator: Address;
  /** The SessionPayment contract's domain. */
  readonly domain: Eip712Domain;
  readonly books: Pick<Books, "laneStatus" | "latestDebit" | "putDebit" | "receiptCommitments">;
  readonly sessions: SessionBook;
  readonly signatures: Pick<SignatureCounter, "recoverSigner">;
  readonly time: ChainTime;
  /** Keys of this router that may sign debits. */
  readonly spenders: readonly Address[];
};

/** What an account owes in this lane, and the debits that pay it. */
export function createLaneDesk(parts: LaneDeskParts): Pick<Gateway, "lane" | "acceptDebit"> {
  return {
    lane: async ({ account, custody }) => ({
      ...toStatus(parts, account, await parts.books.laneStatus(account)),
      custody,
    }),
    acceptDebit: async (signed) => {
      const fault = await faultOf(parts, signed);
      if (fault !== undefined) return { kind: "refused", message: fault };
      await parts.books.putDebit(signed);
      return { kind: "accepted" };
    },
  };
}

/** The debit that pays everything there are receipts for. */
export function nextDebit({ account, lane, spentWei, receiptsRoot, count }: LaneBooks, epoch: number): Debit {
  return { account, lane, cumulativeWei: spentWei, receiptsRoot, count, epoch };
}

function toStatus(
  { operator, time }: LaneDeskParts,
  account: number,
  status: LaneBooks | undefined,
): Omit<LaneStatus, "custody"> {
  const epoch = time.epoch();
  if (status === undefined) {
    const nothing = { account, lane: operator, allotmentWei: 0n, spentWei: 0n, debitedWei: 0n, heldWei: 0n };
    const next = { account, lane: operator, cumulativeWei: 0n, receiptsRoot: ZERO_BYTES32, count: 0, epoch };
    return { ...nothing, chunkWei: 0n, nextDebit: next };
  }
  const { lane, allotmentWei, spentWei, debitedWei, heldWei, chunkWei = allotmentWei } = status;
  return { account, lane, allotmentWei, spentWei, debitedWei, heldWei, chunkWei, nextDebit: nextDebit(status, epoch) };
}

/** Why a debit isn't taken; undefined for a good one. The signature comes before anything that reads many rows. */
async function faultOf(parts: LaneDeskParts, signed: SignedDebit): Promise<string | undefined> {
  const { operator, books, sessions, spenders } = parts;
  const { debit } = signed;
  const { account } = debit;
  if (debit.lane !== operator) return `This router serves the lane of ${operator}.`;
  const session = await sessions.find(account);
  if (session === undefined) return `Account ${account} has no lane at this operator.`;
  const signer = debitSigner(signed, parts);
  if (signer === undefined || (signer !== session.owner && !spenders.includes(signer))) {
    return "The signature is neither the session owner's nor a spending key's.";
  }
  if (debit.cumulativeWei > session.allotmentWei) return `The allotment is ${session.allotmentWei} wei.`;
  const latest = await books.latestDebit(account, operator);
  const signedWei = latest?.debit.cumulativeWei ?? 0n;
  if (debit.cumulativeWei <= signedWei) return `A debit of ${signedWei} wei is here already.`;
  return receiptsFault(parts, debit);
}

/** A debit pays whole receipts: its amount, its count and its root belong together. */
async function receiptsFault({ books }: LaneDeskParts, debit: Debit): Promise<string | undefined> {
  const { account, count, cumulativeWei, receiptsRoot } = debit;
  const status = await books.laneStatus(account);
  if (status === undefined || count > status.count) return `The account has ${status?.count ?? 0} receipts.`;
  const isNewest = count === status.count;
  const point = isNewest
    ? { cumulativeWei: status.spentWei, receiptsRoot: status.receiptsRoot }
    : await lanePointAt(books, { account, count });
  if (point?.cumulativeWei !== cumulativeWei) return `The first ${count} receipts come to ${point?.cumulativeWei} wei.`;
  return point.receiptsRoot === receiptsRoot ? undefined : "The root is not that of the account's receipts.";
}
