import type { Address } from "@cortensor/protocol";
import type pg from "pg";
import { assertWorkNote, notesThatFit, sealNotes } from "../sealNotes.js";
import type { SealedWork, WorkNote, WorkState } from "../workBooks.js";
import { toBuffer, toHex } from "./hexBytes.js";
import { putSet } from "./setRows.js";
import { inTransaction, query } from "./transaction.js";

type RecordRow = {
  readonly epoch: string;
  readonly root: Buffer;
  readonly cid: Buffer;
  readonly begun: string;
  readonly ended: string;
  readonly bytes: Buffer;
};

const OPEN = `SELECT r.epoch, r.root, r.cid, r.begun, r.ended, s.bytes FROM work_records r
  JOIN settlement_sets s ON s.cid = r.cid WHERE r.state = 'sealed'`;

export async function noteWork(pool: pg.Pool, note: WorkNote): Promise<void> {
  assertWorkNote(note);
  const { writer, number, bytes } = note;
  await query(pool, {
    during: "note work",
    text: "INSERT INTO work_notes (writer, number, bytes) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    values: [toBuffer(writer), number, bytesOf(bytes)],
  });
}

export async function sealWork(
  pool: pg.Pool,
  of: { readonly chainId: number; readonly epoch: number; readonly lane: Address },
): Promise<SealedWork | undefined> {
  return inTransaction(pool, "seal a work record", async (client) => {
    // One router at a time: whoever comes second sees the first one's record.
    await client.query("LOCK TABLE work_records IN SHARE ROW EXCLUSIVE MODE");
    const open = (await client.query<RecordRow>(OPEN)).rows[0];
    if (open !== undefined) return toSealed(open);
    const later = await client.query("SELECT 1 FROM work_records WHERE epoch >= $1 LIMIT 1", [of.epoch]);
    if (later.rowCount !== 0) return undefined;
    const waiting = await client.query<{ seq: string; length: number }>(
      "SELECT seq, octet_length(bytes) AS length FROM work_notes WHERE epoch IS NULL ORDER BY seq",
    );
    const count = notesThatFit(waiting.rows.map(({ length }) => length));
    const last = waiting.rows[count - 1];
    if (last === undefined) return undefined;
    const { rows } = await client.query<{ bytes: Buffer }>(
      `WITH taken AS (UPDATE work_notes SET epoch = $1 WHERE epoch IS NULL AND seq <= $2 RETURNING seq, bytes)
       SELECT bytes FROM taken ORDER BY seq`,
      [of.epoch, last.seq],
    );
    const sealed = sealNotes(
      of,
      rows.map(({ bytes }) => bytes),
    );
    await putSet(client, { setCid: sealed.recordCid, bytes: sealed.bytes });
    await client.query(
      "INSERT INTO work_records (epoch, root, cid, begun, ended, state) VALUES ($1, $2, $3, $4, $5, 'sealed')",
      [of.epoch, toBuffer(sealed.recordRoot), toBuffer(sealed.recordCid), sealed.begun, sealed.ended],
    );
    return sealed;
  });
}

export async function openWork(pool: pg.Pool): Promise<SealedWork | undefined> {
  const { rows } = await query<RecordRow>(pool, { during: "read the open work record", text: OPEN });
  return rows[0] && toSealed(rows[0]);
}

/** A note stays for one record more: a write whose outcome nobody knew may come again. */
export async function endWork(pool: pg.Pool, epoch: number, state: Exclude<WorkState, "sealed">): Promise<void> {
  await inTransaction(pool, "end a work record", async (client) => {
    const ended = await client.query("UPDATE work_records SET state = $2 WHERE epoch = $1 AND state = 'sealed'", [
      epoch,
      state,
    ]);
    if (ended.rowCount === 0) return;
    if (state === "dropped") await client.query("UPDATE work_notes SET epoch = NULL WHERE epoch = $1", [epoch]);
    else await client.query("DELETE FROM work_notes WHERE epoch < $1", [epoch]);
  });
}

function toSealed({ epoch, root, cid, begun, ended, bytes }: RecordRow): SealedWork {
  const counts = { epoch: Number(epoch), begun: Number(begun), ended: Number(ended) };
  return { ...counts, recordRoot: toHex(root), recordCid: toHex(cid), bytes: new Uint8Array(bytes) };
}

function bytesOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
