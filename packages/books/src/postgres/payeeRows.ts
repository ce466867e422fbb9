import type { Address, Bytes32 } from "@cortensor/protocol";
import type pg from "pg";
import { assertPayees } from "../assertInput.js";
import type { Books, PayeeBooks, SegmentProof, SettlementCredit } from "../books.js";
import { assertCreditsFollow } from "../creditSteps.js";
import { byPayee, type PayeeEntry, paidSegmentLeaf, sumOfNets } from "../payeeEntries.js";
import { appendLeaves, LeafTrail, type ReceiptTree, rootOfReceiptTree } from "../receiptTree.js";
import { joinHex, toBuffer, toByteaArray, toHex, toNumberArray } from "./hexBytes.js";
import { toWords } from "./receiptRows.js";
import { query } from "./transaction.js";

/** Rows of leaves read at once: each is one payee's part of one write, up to some thousand leaves. */
const LEAF_ROWS = 64;

type PayeeRow = { payee: Buffer; cumulative_wei: string; count: string; peaks: Buffer; credited_wei: string };
type LockedPayee = { readonly cumulativeWei: bigint; readonly creditedWei: bigint; readonly tree: ReceiptTree };

const COLUMNS = "payee, cumulative_wei, count, peaks, credited_wei";

/** Adds to the payees' counters what receipts pay them: two statements and a lock, however many they are. Lock budgets before. */
export async function addEntries(client: pg.PoolClient, entries: readonly PayeeEntry[]): Promise<void> {
  const groups = byPayee(entries);
  if (groups.size === 0) return;
  const locked = await lockPayees(client, [...groups.keys()]);
  const grown = [...groups].map(([payee, own]) => {
    const { cumulativeWei, tree } = payeeOf(locked, payee);
    const leaves = own.map(({ leaf }) => leaf);
    return {
      payee,
      leaves,
      fromIndex: tree.count,
      cumulativeWei: cumulativeWei + sumOfNets(own),
      tree: appendLeaves(tree, leaves),
    };
  });
  const payees = toByteaArray(grown.map(({ payee }) => payee));
  await client.query(
    `UPDATE payees p SET cumulative_wei = n.cumulative, count = n.count, peaks = n.peaks
     FROM unnest($1::bytea[], $2::numeric[], $3::bigint[], $4::bytea[]) AS n(payee, cumulative, count, peaks)
     WHERE p.payee = n.payee`,
    [
      payees,
      toNumberArray(grown.map(({ cumulativeWei }) => cumulativeWei)),
      toNumberArray(grown.map(({ tree }) => tree.count)),
      toByteaArray(grown.map(({ tree }) => joinHex(tree.peaks))),
    ],
  );
  await client.query(
    `INSERT INTO note_leaves (payee, from_index, leaves)
     SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bytea[])`,
    [
      payees,
      toNumberArray(grown.map(({ fromIndex }) => fromIndex)),
      toByteaArray(grown.map(({ leaves }) => joinHex(leaves))),
    ],
  );
}

export async function readPayees(pool: pg.Pool, payees: readonly Address[]): Promise<readonly PayeeBooks[]> {
  assertPayees(payees);
  const { rows } = await query<PayeeRow>(pool, {
    during: "read payees",
    text: `SELECT ${COLUMNS} FROM payees WHERE payee = ANY($1::bytea[])`,
    values: [toByteaArray(payees)],
  });
  const known = toLocked(rows);
  return payees.map((address) => {
    const payee = address.toLowerCase() as Address;
    const { cumulativeWei, creditedWei, tree } = payeeOf(known, payee);
    return { payee, cumulativeWei, count: tree.count, receiptsRoot: rootOfReceiptTree(tree), creditedWei };
  });
}

export async function proveSegment(
  pool: pg.Pool,
  request: Parameters<Books["provePaidSegment"]>[0],
): Promise<SegmentProof | undefined> {
  const { count } = request;
  const wanted = paidSegmentLeaf(request.segment);
  const trail = new LeafTrail();
  for (let seen = 0; seen < count; ) {
    const leaves = await readLeaves(pool, { payee: request.payee, from: seen });
    if (leaves.length === 0) return undefined;
    for (const leaf of leaves.slice(0, count - seen)) trail.add(leaf, leaf === wanted);
    seen += leaves.length;
  }
  const found = trail.end();
  return found && { index: found.index, count, receiptsRoot: found.root, path: found.path };
}

/** Books what a settlement credits. Throws BOOKS_CREDITS_STALE. */
export async function addCredits(
  client: pg.PoolClient,
  { id, credits }: { readonly id: Bytes32; readonly credits: readonly SettlementCredit[] },
): Promise<void> {
  if (credits.length === 0) return;
  const locked = await lockPayees(
    client,
    credits.map(({ payee }) => payee),
  );
  assertCreditsFollow({ id, credits, creditedWeiOf: (payee) => payeeOf(locked, payee).creditedWei });
  await moveCredits(
    client,
    credits.map(({ payee, wei }) => ({ payee, wei })),
  );
}

/** Takes back what a dropped settlement would have credited. */
export async function removeCredits(client: pg.PoolClient, credits: readonly SettlementCredit[]): Promise<void> {
  if (credits.length === 0) return;
  await lockPayees(
    client,
    credits.map(({ payee }) => payee),
  );
  await moveCredits(
    client,
    credits.map(({ payee, wei }) => ({ payee, wei: -wei })),
  );
}

async function moveCredits(
  client: pg.PoolClient,
  steps: readonly { readonly payee: Address; readonly wei: bigint }[],
): Promise<void> {
  await client.query(
    `UPDATE payees p SET credited_wei = p.credited_wei + n.wei
     FROM unnest($1::bytea[], $2::numeric[]) AS n(payee, wei) WHERE p.payee = n.payee`,
    [toByteaArray(steps.map(({ payee }) => payee)), toNumberArray(steps.map(({ wei }) => wei))],
  );
}

/** Locks the payees' rows, in one order whoever asks; makes those that are missing. */
async function lockPayees(
  client: pg.PoolClient,
  payees: readonly Address[],
): Promise<ReadonlyMap<Address, LockedPayee>> {
  const wanted = toByteaArray([...payees].sort());
  await client.query("INSERT INTO payees (payee) SELECT * FROM unnest($1::bytea[]) ON CONFLICT DO NOTHING", [wanted]);
  const { rows } = await client.query<PayeeRow>(
    `SELECT ${COLUMNS} FROM payees WHERE payee = ANY($1::bytea[]) ORDER BY payee FOR UPDATE`,
    [wanted],
  );
  return toLocked(rows);
}

function toLocked(rows: readonly PayeeRow[]): ReadonlyMap<Address, LockedPayee> {
  return new Map(
    rows.map((row) => [
      toHex(row.payee),
      {
        cumulativeWei: BigInt(row.cumulative_wei),
        creditedWei: BigInt(row.credited_wei),
        tree: { count: Number(row.count), peaks: toWords(row.peaks) },
      },
    ]),
  );
}

function payeeOf(payees: ReadonlyMap<Address, LockedPayee>, payee: Address): LockedPayee {
  return payees.get(payee) ?? { cumulativeWei: 0n, creditedWei: 0n, tree: { count: 0, peaks: [] } };
}

/** Leaves from a place at which a row begins. */
async function readLeaves(
  pool: pg.Pool,
  page: { readonly payee: Address; readonly from: number },
): Promise<readonly Bytes32[]> {
  const { rows } = await query<{ leaves: Buffer }>(pool, {
    during: "read a payee's leaves",
    text: "SELECT leaves FROM note_leaves WHERE payee = $1 AND from_index >= $2 ORDER BY from_index LIMIT $3",
    values: [toBuffer(page.payee), page.from, LEAF_ROWS],
  });
  return rows.flatMap(({ leaves }) => toWords(leaves));
}
