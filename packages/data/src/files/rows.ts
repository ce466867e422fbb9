import { CodedError } from "@cortensor/protocol";
import type pg from "pg";
import { FileError } from "./fileError.js";

/** One statement outside any transaction. Throws FILES_DATABASE_FAILED. */
export async function query<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  sql: string,
  values: readonly unknown[],
): Promise<readonly Row[]> {
  try {
    return (await pool.query<Row>(sql, [...values])).rows;
  } catch (error) {
    throw asFileError(error);
  }
}

/** Runs the work between BEGIN and COMMIT. A failure rolls back by closing the connection, whatever state it is in. */
export async function inTransaction<Value>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Value>,
): Promise<Value> {
  const client = await pool.connect().catch((error: unknown) => {
    throw asFileError(error);
  });
  try {
    await client.query("BEGIN");
    const value = await work(client);
    await client.query("COMMIT");
    client.release();
    return value;
  } catch (error) {
    client.release(true);
    throw asFileError(error);
  }
}

/** Without the error itself: it may quote a row. */
function asFileError(error: unknown): Error {
  if (error instanceof CodedError) return error;
  const state = error instanceof Error && "code" in error ? String(error.code) : "none";
  return new FileError({ code: "FILES_DATABASE_FAILED", state }, { isRetryable: true });
}
