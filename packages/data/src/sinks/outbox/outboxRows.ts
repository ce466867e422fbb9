import { type Bytes32, CodedError } from "@cortensor/protocol";
import type pg from "pg";
import { SinkError } from "../sinkError.js";

/** A hash as its 32 bytes. */
export function hashBytes(hash: Bytes32): Buffer {
  return Buffer.from(hash.slice(2), "hex");
}

export function toHash(bytes: Buffer): Bytes32 {
  return `0x${bytes.toString("hex")}`;
}

/** One statement outside any transaction. Throws SINK_OUTBOX_FAILED. */
export async function query<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  sql: string,
  values: unknown[],
): Promise<readonly Row[]> {
  try {
    return (await pool.query<Row>(sql, values)).rows;
  } catch (error) {
    throw asOutboxError(error);
  }
}

/** Runs the work between BEGIN and COMMIT. A failure rolls back by closing the connection, whatever state it is in. */
export async function inTransaction<Value>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Value>,
): Promise<Value> {
  const client = await connect(pool);
  try {
    await client.query("BEGIN");
    const value = await work(client);
    await client.query("COMMIT");
    client.release();
    return value;
  } catch (error) {
    client.release(true);
    throw asOutboxError(error);
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw asOutboxError(error);
  }
}

/** Without the error itself: it may quote a row. */
function asOutboxError(error: unknown): Error {
  if (error instanceof CodedError) return error;
  const state = error instanceof Error && "code" in error ? String(error.code) : "none";
  return new SinkError({ code: "SINK_OUTBOX_FAILED", state }, { isRetryable: true });
}
