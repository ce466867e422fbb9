import {
  type Address,
  type Bytes32,
  CUSTODIES,
  FINISH_REASONS,
  type Hex,
  type Payee,
  PROOF_LABELS,
  type Receipt,
  type SignedBatch,
  sealingLabelSchema,
} from "@cortensor/protocol";
import type pg from "pg";
import type { BookedReceipt, NewReceipt } from "../books.js";
import { joinHex, readUint96, toBuffer, toByteaArray, toHex, toNumberArray, writeUint96 } from "./hexBytes.js";

/** Bytes of one packed payee: miner 20, replica 1, segment 2, from 4, to 4, wei 12. */
const PAYEE_BYTES = 43;
const WORD_BYTES = 32;

/** A receipt and its place in its account's lane. */
export type PlacedReceipt = { readonly booked: NewReceipt; readonly laneIndex: number };

const INSERT_RECEIPTS = `
INSERT INTO receipts (task_id, account, lane_index, key_hash, operator, results_hash, payees_hash, fee_wei, n_in, n_out,
  custody, finish, epoch, payees, batch_id, path, created_at_ms, results, splits_hash, label,
  sealing)
SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[], $6::bytea[], $7::bytea[],
  $8::numeric[], $9::bigint[], $10::bigint[], $11::smallint[], $12::smallint[], $13::bigint[], $14::bytea[], $15::bigint[],
  $16::bytea[], $17::bigint[], $18::bytea[], $19::bytea[], $20::smallint[], $21::bytea[])`;

/** Inserts new receipts, and the batches that prove them, in two statements however many they are. */
export async function insertReceipts(client: pg.PoolClient, placed: readonly PlacedReceipt[]): Promise<void> {
  const batchIds = await insertBatches(
    client,
    placed.map(({ booked }) => booked.proof),
  );
  const hexes = (of: (booked: BookedReceipt) => Hex | null): string =>
    toByteaArray(placed.map(({ booked }) => of(booked)));
  const numbers = (of: (one: BookedReceipt) => number | bigint | string): string =>
    toNumberArray(placed.map(({ booked }) => of(booked)));
  await client.query(INSERT_RECEIPTS, [
    hexes(({ receipt }) => receipt.taskId),
    numbers(({ receipt }) => receipt.account),
    toNumberArray(placed.map(({ laneIndex }) => laneIndex)),
    hexes(({ keyHash }) => keyHash ?? null),
    hexes(({ receipt }) => receipt.operator),
    hexes(({ receipt }) => receipt.resultsHash),
    hexes(({ receipt }) => receipt.payeesHash),
    numbers(({ receipt }) => receipt.feeWei),
    numbers(({ receipt }) => receipt.nIn),
    numbers(({ receipt }) => receipt.nOut),
    numbers(({ receipt }) => CUSTODIES.indexOf(receipt.custody)),
    numbers(({ receipt }) => FINISH_REASONS.indexOf(receipt.finish)),
    numbers(({ receipt }) => receipt.epoch),
    hexes(({ payees }) => toHex(packPayees(payees))),
    numbers(({ proof }) => batchIds.get(proof.signature.toLowerCase() as Hex) ?? ""),
    hexes(({ proof }) => joinHex(proof.path)),
    numbers(({ createdAtMs }) => Math.trunc(createdAtMs)),
    hexes(({ results }) => joinHex(results)),
    hexes(({ receipt }) => receipt.splitsHash),
    numbers(({ label }) => (label === undefined ? "NULL" : PROOF_LABELS.indexOf(label))),
    hexes(({ sealing }) => (sealing === undefined ? null : toHex(Buffer.from(JSON.stringify(sealing))))),
  ]);
}

async function insertBatches(client: pg.PoolClient, proofs: readonly SignedBatch[]): Promise<ReadonlyMap<Hex, string>> {
  const batches = [...new Map(proofs.map((proof) => [proof.signature, proof])).values()];
  const signatures = batches.map(({ signature }) => toBuffer(signature));
  await client.query(
    `INSERT INTO batches (signature, signer, root, count, sequence)
     SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[], $4::int[], $5::bigint[]) ORDER BY 1
     ON CONFLICT (signature) DO NOTHING`,
    [
      signatures,
      batches.map(({ signer }) => toBuffer(signer)),
      batches.map(({ batch }) => toBuffer(batch.root)),
      batches.map(({ batch }) => batch.count),
      batches.map(({ batch }) => batch.sequence),
    ],
  );
  const { rows } = await client.query<{ id: string; signature: Buffer }>(
    "SELECT id, signature FROM batches WHERE signature = ANY($1)",
    [signatures],
  );
  return new Map(rows.map((row) => [toHex(row.signature), row.id]));
}

/** Everything `toBookedReceipt` reads; add a WHERE. */
export const SELECT_RECEIPTS = `
SELECT r.seq, r.task_id, r.account, r.lane_index, r.key_hash, r.operator, r.results_hash, r.payees_hash, r.fee_wei, r.n_in,
  r.n_out, r.custody, r.finish, r.epoch, r.payees, r.path, r.created_at_ms, r.results, r.splits_hash, r.label, r.sealing,
  b.signature, b.signer, b.root, b.count, b.sequence
FROM receipts r JOIN batches b ON b.id = r.batch_id`;

export type ReceiptRow = {
  seq: string;
  task_id: Buffer;
  account: string;
  lane_index: string;
  key_hash: Buffer | null;
  operator: Buffer;
  results_hash: Buffer;
  payees_hash: Buffer;
  fee_wei: string;
  n_in: string;
  n_out: string;
  custody: number;
  finish: number;
  epoch: string;
  payees: Buffer;
  path: Buffer;
  created_at_ms: string;
  results: Buffer;
  splits_hash: Buffer;
  label: number | null;
  sealing: Buffer | null;
  signature: Buffer;
  signer: Buffer;
  root: Buffer;
  count: number;
  sequence: string;
};

export function toBookedReceipt(row: ReceiptRow): BookedReceipt {
  const label = row.label === null ? undefined : PROOF_LABELS[row.label];
  return {
    receipt: toReceipt(row),
    payees: unpackPayees(row.payees),
    results: toWords(row.results),
    proof: {
      batch: { root: toHex(row.root), count: row.count, sequence: Number(row.sequence) },
      signer: toHex(row.signer),
      signature: toHex(row.signature),
      path: toWords(row.path),
    },
    createdAtMs: Number(row.created_at_ms),
    ...(row.key_hash === null ? {} : { keyHash: toHex(row.key_hash) }),
    ...(label === undefined ? {} : { label }),
    ...(row.sealing === null ? {} : { sealing: sealingLabelSchema.parse(JSON.parse(row.sealing.toString("utf8"))) }),
  };
}

function toReceipt(row: ReceiptRow): Receipt {
  return {
    taskId: toHex(row.task_id),
    account: Number(row.account),
    operator: toHex(row.operator),
    resultsHash: toHex(row.results_hash),
    payeesHash: toHex(row.payees_hash),
    feeWei: BigInt(row.fee_wei),
    nIn: Number(row.n_in),
    nOut: Number(row.n_out),
    // Out of range only in a damaged database; the first of each is then as good as any, and the hash tells.
    custody: CUSTODIES[row.custody] ?? CUSTODIES[0],
    finish: FINISH_REASONS[row.finish] ?? FINISH_REASONS[0],
    epoch: Number(row.epoch),
    splitsHash: toHex(row.splits_hash),
  };
}

export function packPayees(payees: readonly Payee[]): Buffer {
  const packed = Buffer.alloc(payees.length * PAYEE_BYTES);
  for (const [index, payee] of payees.entries()) {
    const at = index * PAYEE_BYTES;
    packed.write(payee.miner.slice(2), at, "hex");
    packed.writeUInt8(payee.replica, at + 20);
    packed.writeUInt16BE(payee.segment, at + 21);
    packed.writeUInt32BE(payee.from, at + 23);
    packed.writeUInt32BE(payee.to, at + 27);
    writeUint96(packed, payee.wei, at + 31);
  }
  return packed;
}

export function unpackPayees(packed: Buffer): readonly Payee[] {
  return Array.from({ length: packed.length / PAYEE_BYTES }, (_, index) => {
    const at = index * PAYEE_BYTES;
    return {
      miner: toHex(packed.subarray(at, at + 20)) as Address,
      replica: packed.readUInt8(at + 20),
      segment: packed.readUInt16BE(at + 21),
      from: packed.readUInt32BE(at + 23),
      to: packed.readUInt32BE(at + 27),
      wei: readUint96(packed, at + 31),
    };
  });
}

export function toWords(bytes: Buffer): readonly Bytes32[] {
  return Array.from({ length: bytes.length / WORD_BYTES }, (_, index) =>
    toHex(bytes.subarray(index * WORD_BYTES, (index + 1) * WORD_BYTES)),
  );
}
