import { compareBalances, owedOf, type PaymentState, replayPayments } from "@cortensor/books";
import {
  type ChainReader,
  listNodes,
  type PaymentRecord,
  readCorBalance,
  readHead,
  readPaymentEvents,
  readPayments,
  readStake,
} from "@cortensor/chain";
import type { PaymentEvent } from "@cortensor/protocol";
import { queryBooks } from "./queryBooks.js";
import type { Network } from "./startNetwork.js";

/**
 * What must hold of the books at any moment, by the numbers of docs/INVARIANTS.md: each statement finds what breaks it. A key's
 * row may have less than its receipts (what was given back of cut tasks), an account's never.
 */
const OF_THE_BOOKS: readonly { readonly says: string; readonly finds: string }[] = [
  {
    says: "B1: holds and charges stay within the limit",
    finds: "SELECT id FROM budgets WHERE spent_wei + leased_wei > limit_wei",
  },
  {
    says: "B1: what a row has leased is the sum of its leases",
    finds: `SELECT id FROM budgets LEFT JOIN leases ON budget_id = id
            GROUP BY id, leased_wei HAVING leased_wei <> coalesce(sum(wei), 0)`,
  },
  {
    says: "B2: an account has spent what its receipts say",
    finds: `SELECT b.id FROM budgets b LEFT JOIN receipts r ON b.id = 'account:' || r.account
            WHERE b.id LIKE 'account:%' GROUP BY b.id, b.spent_wei, b.receipts
            HAVING b.spent_wei <> coalesce(sum(r.fee_wei), 0) OR b.receipts <> count(r.seq)`,
  },
  {
    says: "B3: a settlement has just the receipts that name it",
    finds: `SELECT encode(s.id, 'hex') AS id FROM settlements s LEFT JOIN receipts r ON r.settlement_id = s.id
            WHERE s.state = 'confirmed' GROUP BY s.id, s.receipts HAVING s.receipts <> count(r.seq)`,
  },
];

/**
 * Checks what docs/INVARIANTS.md promises of a network's money and stake, on its chain and in its books, as they are now. Rejects
 * with everything that is broken. What no longer runs isn't asked.
 */
export async function checkInvariants(network: Network): Promise<void> {
  const isRunning = (name: string) => network.processes().some(({ command }) => command.includes(name));
  const broken: string[] = [];
  if (isRunning("chain")) broken.push(...(await brokenOnChain(network.chain, network.profile.deployBlock)));
  if (isRunning("router") && hasDatabase(network)) broken.push(...(await brokenInBooks(network)));
  if (broken.length > 0) throw new Error(`invariants are broken:\n${broken.join("\n")}`);
}

function hasDatabase(network: Network): boolean {
  return network.processes().some(({ command }) => /\/postgres$/.test(command[0] ?? ""));
}

async function brokenOnChain(chain: ChainReader, fromBlock: bigint): Promise<readonly string[]> {
  const { blockNumber } = await readHead(chain);
  const events: PaymentEvent[] = [];
  for await (const event of readPaymentEvents(chain, { fromBlock, toBlock: blockNumber })) events.push(event);
  const { state, differences } = replayPayments(events);
  const accounts = new Map([...state.accounts].map(([account, { lanes }]) => [account, [...lanes.keys()]] as const));
  const operators = new Map([...state.operators].map(([lane, { credits }]) => [lane, [...credits.keys()]] as const));
  const snapshot = await readPayments(chain, { query: { accounts, operators }, blockNumber });
  const replayed = [...differences, ...compareBalances(state, snapshot)].map(
    ({ what, where, expected, found }) => `C1–C4: ${what}: ${where}: expected ${expected}, found ${found}`,
  );
  return [...replayed, ...brokenMoney(state, snapshot), ...(await brokenStake(chain))];
}

function brokenMoney(state: PaymentState, { heldWei, accounts, operators }: PaymentRecord): readonly string[] {
  const broken: string[] = [];
  const owedWei = owedOf(state);
  if (heldWei < owedWei) broken.push(`C1: ${owedWei} wei are owed, ${heldWei} are there`);
  for (const [account, { depositWei, allottedWei, lanes }] of accounts) {
    const inLanes = [...lanes.values()].reduce((sum, { allotmentWei }) => sum + allotmentWei, 0n);
    if (allottedWei > depositWei || inLanes !== allottedWei)
      broken.push(`C3: account ${account}: ${depositWei} wei deposited, ${allottedWei} allotted, ${inLanes} to lanes`);
    for (const [lane, { cumulativeWei, allotmentWei }] of lanes) {
      if (cumulativeWei > allotmentWei)
        broken.push(`C3: account ${account}, lane ${lane}: ${cumulativeWei} of ${allotmentWei} wei`);
    }
  }
  for (const [lane, { credits }] of operators) {
    for (const [payee, { creditedWei, withdrawnWei }] of credits) {
      if (withdrawnWei > creditedWei)
        broken.push(`C11: payee ${payee}, lane ${lane}: ${withdrawnWei} of ${creditedWei} wei withdrawn`);
    }
  }
  return broken;
}

async function brokenStake(chain: ChainReader): Promise<readonly string[]> {
  const operators = new Set((await listNodes(chain)).map(({ owner }) => owner));
  const stakes = await Promise.all([...operators].map((operator) => readStake(chain, operator)));
  const stakedWei = stakes.reduce((sum, one) => sum + one.stakedWei + one.unstakingWei, 0n);
  const heldWei = await readCorBalance(chain.home, chain.home.profile.addresses.stakeVault);
  return heldWei < stakedWei ? [`C7: ${stakedWei} wei are staked, the vault has ${heldWei}`] : [];
}

async function brokenInBooks(network: Network): Promise<readonly string[]> {
  const found = await Promise.all(
    OF_THE_BOOKS.map(async ({ says, finds }) => {
      const rows = await queryBooks<{ id: string }>(network, finds);
      return rows.length === 0 ? [] : [`${says}: not so of ${rows.map(({ id }) => id).join(", ")}`];
    }),
  );
  return found.flat();
}
