import type { Bytes32 } from "@cortensor/protocol";
import type pg from "pg";
import type { PublishedSet } from "../books.js";
import { toBuffer } from "./hexBytes.js";
import { query } from "./transaction.js";

/** Keeps a set within the transaction that records its settlement. Equal content, equal CID: written once. */
export async function putSet(client: pg.PoolClient, { setCid, bytes }: PublishedSet): Promise<void> {
  await client.query("INSERT INTO settlement_sets (cid, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING", [
    toBuffer(setCid),
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  ]);
}

export async function findSet(pool: pg.Pool, setCid: Bytes32): Promise<Uint8Array | undefined> {
  const { rows } = await query<{ bytes: Buffer }>(pool, {
    during: "read a settlement set",
    text: "SELECT bytes FROM settlement_sets WHERE cid = $1",
    values: [toBuffer(setCid)],
  });
  return rows[0]?.bytes;
}
