import { CodedError } from "@cortensor/protocol";
import type pg from "pg";
import { BooksError } from "../booksError.js";

/**
 * Runs the work in one transaction. Errors of this room roll it back and pass; any other becomes BOOKS_DATABASE_FAILED, which
 * is retryable: whether the transaction was committed may be unknown.
 */
export async function inTransaction<Value>(
  pool: pg.Pool,
  during: string,
  work: (client: pg.PoolClient) => Promise<Value>,
): Promise<Value> {
  const client = await connect(pool, during);
  let broken: Error | undefined;
  try {
    await client.query("BEGIN");
    const value = await work(client);
    await client.query("COMMIT");
    return value;
  } catch (error) {
    // A connection that can't even roll back is closed, which rolls back too.
    broken = await client.query("ROLLBACK").then(() => undefined, asError);
    throw asBooksError(error, during);
  } finally {
    client.release(broken);
  }
}

/** One statement outside any transaction. */
export async function query<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  statement: { readonly during: string; readonly text: string; readonly values?: unknown[] },
): Promise<pg.QueryResult<Row>> {
  try {
    return await pool.query<Row>(statement.text, statement.values);
  } catch (error) {
    throw asBooksError(error, statement.during);
  }
}

async function connect(pool: pg.Pool, during: string): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw asBooksError(error, during);
  }
}

function asBooksError(error: unknown, during: string): Error {
  if (error instanceof CodedError) return error;
  return new BooksError({ code: "BOOKS_DATABASE_FAILED", during }, { cause: error, isRetryable: true });
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
