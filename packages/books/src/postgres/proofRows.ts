import type { BatchProof, Bytes32, Hex } from "@cortensor/protocol";
import type pg from "pg";
import { assertLimit } from "../assertInput.js";
import { PAGE_ROWS_MAX, RECEIPTS_PUT_MAX } from "../limits.js";
import type { KeptProof } from "../proofBooks.js";
import { toByteaArray, toHex } from "./hexBytes.js";
import { query } from "./transaction.js";

const WORD_BYTES = 32;
const ADDRESS_BYTES = 20;
const SIGNATURE_BYTES = 65;
const HEAD_BYTES = WORD_BYTES + 4 + 8 + ADDRESS_BYTES + SIGNATURE_BYTES;

export async function keepProofs(pool: pg.Pool, proofs: readonly KeptProof[], atMs: number): Promise<void> {
  if (proofs.length === 0) return;
  assertLimit(proofs.length, RECEIPTS_PUT_MAX);
  await query(pool, {
    during: "keep what miners signed",
    text: `INSERT INTO result_proofs (result, task_id, proof, kept_at_ms)
           SELECT *, $4 FROM unnest($1::bytea[], $2::bytea[], $3::bytea[]) ON CONFLICT DO NOTHING`,
    values: [
      toByteaArray(proofs.map(({ result }) => result)),
      toByteaArray(proofs.map(({ taskId }) => taskId)),
      toByteaArray(proofs.map(({ proof }) => encodeProof(proof))),
      atMs,
    ],
  });
}

export async function findProofs(pool: pg.Pool, results: readonly Bytes32[]): Promise<readonly KeptProof[]> {
  if (results.length === 0) return [];
  assertLimit(results.length, PAGE_ROWS_MAX);
  const { rows } = await query<{ result: Buffer; task_id: Buffer; proof: Buffer }>(pool, {
    during: "read what miners signed",
    text: "SELECT result, task_id, proof FROM result_proofs WHERE result = ANY($1::bytea[])",
    values: [toByteaArray(results)],
  });
  const found = new Map(rows.map((row) => [toHex(row.result), row]));
  return results.flatMap((result) => {
    const row = found.get(result);
    return row === undefined ? [] : { result, taskId: toHex(row.task_id), proof: decodeProof(row.proof) };
  });
}

export async function forgetProofs(pool: pg.Pool, beforeMs: number): Promise<void> {
  await query(pool, {
    during: "forget what miners signed",
    text: "DELETE FROM result_proofs WHERE kept_at_ms < $1",
    values: [beforeMs],
  });
}

/** `root ‖ count u32 ‖ sequence u64 ‖ signer ‖ signature ‖ path…`: one value for each row, for a router writes thousands a second. */
function encodeProof({ batch, signer, signature, path }: BatchProof): Hex {
  const count = batch.count.toString(16).padStart(8, "0");
  const sequence = batch.sequence.toString(16).padStart(16, "0");
  return `${batch.root}${count}${sequence}${[signer, signature, ...path].map((hex) => hex.slice(2)).join("")}`;
}

function decodeProof(bytes: Buffer): BatchProof {
  const signerAt = WORD_BYTES + 4 + 8;
  const signatureAt = signerAt + ADDRESS_BYTES;
  const steps = (bytes.length - HEAD_BYTES) / WORD_BYTES;
  const wordAt = (at: number): Hex => toHex(bytes.subarray(at, at + WORD_BYTES));
  return {
    batch: {
      root: wordAt(0),
      count: bytes.readUInt32BE(WORD_BYTES),
      sequence: Number(bytes.readBigUInt64BE(WORD_BYTES + 4)),
    },
    signer: toHex(bytes.subarray(signerAt, signatureAt)),
    signature: toHex(bytes.subarray(signatureAt, HEAD_BYTES)),
    path: Array.from({ length: steps }, (_, step) => wordAt(HEAD_BYTES + step * WORD_BYTES)),
  };
}
