import {
  type Credit,
  listSessions,
  readCorBalance,
  readCredit,
  readEarnings,
  readHead,
  readLane,
  readSession,
  readSettlements,
  type SettlementRecord,
} from "@cortensor/chain";
import type { Address, ReceiptDocument } from "@cortensor/protocol";
import type { Network } from "./startNetwork.js";
import { until } from "./until.js";

/** The miners' part of each entry of a receipt, in basis points: an unvalidated session's, of a model without an owner. */
const MINERS_BPS = 9_200n;
const BPS = 10_000n;

export type Audit = {
  /** What receipts alone say that the chain must hold. */
  readonly expected: Balances;
  /** What the chain holds. */
  readonly found: Balances;
};

export type Balances = {
  /** Taken from each account in the operator's lane, in all. */
  readonly spentWei: Readonly<Record<string, bigint>>;
  /** How far each payee's credit in the lane goes. */
  readonly creditWei: Readonly<Record<string, bigint>>;
  /** What the operator has earned and not withdrawn. */
  readonly operatorWei: bigint;
  /** Credits of each settlement, as posted: how far each takes its payees. */
  readonly settlements: readonly (readonly Credit[])[];
  /** COR that the payment contract holds. */
  readonly heldWei: bigint;
};

/**
 * Waits until the chain has taken everything that these receipts say, then computes every balance anew from the receipts and
 * reads every balance from the chain. The caller compares. `receipts` are all there are of the lane.
 */
export async function auditSettlements(network: Network, receipts: readonly ReceiptDocument[]): Promise<Audit> {
  const operator = operatorOf(receipts);
  const accounts = [...new Set(receipts.map(({ receipt }) => receipt.account))];
  const dueWei = sum(receipts.map(({ receipt }) => receipt.feeWei));
  const spentNow = () =>
    Promise.all(
      accounts.map(async (account) => (await readLane(network.chain, { account, lane: operator })).cumulativeWei),
    );
  await until(`settlement of ${dueWei} wei`, async () => (sum(await spentNow()) >= dueWei ? true : undefined));
  const { blockNumber } = await readHead(network.chain);
  const range = { fromBlock: network.profile.deployBlock, toBlock: blockNumber, lane: operator };
  const settlements = await readSettlements(network.chain, range);
  const expected = await expectedBalances(network, { receipts, settlements, accounts });
  const payees = Object.keys(expected.creditWei);
  const credits = await Promise.all(
    payees.map(async (payee) => {
      const { creditedWei } = await readCredit(network.chain, { lane: operator, payee: toAddress(payee) });
      return [payee, creditedWei] as const;
    }),
  );
  const { maturedWei, maturingWei } = await readEarnings(network.chain, operator);
  const spent = await spentNow();
  return {
    expected,
    found: {
      spentWei: Object.fromEntries(accounts.map((account, index) => [account, spent[index] ?? 0n])),
      creditWei: Object.fromEntries(credits),
      operatorWei: maturedWei + maturingWei,
      settlements: settlements.map(({ credits: posted }) => posted),
      heldWei: await readCorBalance(network.chain, network.profile.addresses.sessionPayment),
    },
  };
}

async function expectedBalances(
  network: Network,
  parts: {
    readonly receipts: readonly ReceiptDocument[];
    readonly settlements: readonly SettlementRecord[];
    readonly accounts: readonly number[];
  },
): Promise<Balances> {
  const { receipts, settlements, accounts } = parts;
  const creditWei: Record<string, bigint> = {};
  let operatorWei = 0n;
  const posted = settledTogether(receipts, settlements).map((together) => {
    const paidWei = sum(together.map(({ receipt }) => receipt.feeWei));
    const nets = netsOf(together);
    operatorWei += paidWei - sum(nets.map(([, wei]) => wei));
    return nets.map(([payee, wei]) => {
      const cumulativeWei = (creditWei[payee] ?? 0n) + wei;
      creditWei[payee] = cumulativeWei;
      return { payee, cumulativeWei };
    });
  });
  const spentWei = Object.fromEntries(
    accounts.map((account) => [
      account,
      sum(receipts.filter(({ receipt }) => receipt.account === account).map(({ receipt }) => receipt.feeWei)),
    ]),
  );
  const range = { fromBlock: network.profile.deployBlock, toBlock: (await readHead(network.chain)).blockNumber };
  const opened = await listSessions(network.chain, range);
  const deposits = await Promise.all(opened.map(({ account }) => readSession(network.chain, account)));
  // Nobody has withdrawn: a settlement moves money inside the contract, and none leaves it.
  return {
    spentWei,
    creditWei,
    operatorWei,
    settlements: posted,
    heldWei: sum(deposits.map((one) => one?.depositWei ?? 0n)),
  };
}

/** Which receipts each settlement covers: an account's debit takes its next ones, in the order in which they became durable. */
function settledTogether(
  receipts: readonly ReceiptDocument[],
  settlements: readonly SettlementRecord[],
): readonly (readonly ReceiptDocument[])[] {
  const waiting = new Map<number, ReceiptDocument[]>();
  const ordered = [...receipts].sort((left, right) => left.acknowledgedAtMs - right.acknowledgedAtMs);
  for (const one of ordered) {
    const { account } = one.receipt;
    waiting.set(account, [...(waiting.get(account) ?? []), one]);
  }
  const takenWei = new Map<number, bigint>();
  return settlements.map(({ debits }) =>
    debits.flatMap(({ debit }) => {
      const queue = waiting.get(debit.account) ?? [];
      const covered: ReceiptDocument[] = [];
      let wei = takenWei.get(debit.account) ?? 0n;
      while (wei < debit.cumulativeWei) {
        const next = queue.shift();
        if (next === undefined) throw new Error(`debit ${debit.cumulativeWei} is more than all receipts: ${wei}`);
        wei += next.receipt.feeWei;
        covered.push(next);
      }
      if (wei !== debit.cumulativeWei) throw new Error(`debit ${debit.cumulativeWei} ends inside a receipt, at ${wei}`);
      takenWei.set(debit.account, wei);
      return covered;
    }),
  );
}

/** What each miner has of the receipts, every entry rounded down, in order of address. */
function netsOf(receipts: readonly ReceiptDocument[]): readonly (readonly [Address, bigint])[] {
  const nets = new Map<Address, bigint>();
  for (const { payees } of receipts) {
    for (const { miner, wei } of payees) nets.set(miner, (nets.get(miner) ?? 0n) + (wei * MINERS_BPS) / BPS);
  }
  return [...nets].filter(([, wei]) => wei > 0n).sort(([left], [right]) => (left < right ? -1 : 1));
}

function operatorOf(receipts: readonly ReceiptDocument[]): Address {
  const [first] = receipts;
  if (first === undefined) throw new Error("no receipts to audit");
  return first.receipt.operator;
}

function toAddress(text: string): Address {
  return `0x${text.replace(/^0x/, "")}`;
}

export function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
