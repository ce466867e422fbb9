import { systemResolve } from "../address/chooseAddress.js";
import { createPostgresDriver } from "../sinks/postgres/createPostgresDriver.js";
import { SinkError } from "../sinks/sinkError.js";
import type { SqlConnection } from "../sinks/sql/sqlDriver.js";
import { parseSinkTarget } from "../sinks/target/parseSinkTarget.js";
import type { SinkPolicy } from "../sinks/target/sinkPolicy.js";
import { nameOfTarget, type ServerTarget } from "../sinks/target/sinkTarget.js";
import { READ_ONLY_STATE, stateOf, TIMEOUT_STATES } from "./databaseState.js";
import { RELATION_STATEMENT, ROLE_STATEMENT, readerFault } from "./readerFault.js";
import { RetrievalError } from "./retrievalError.js";
import { ANSWER_BYTES_MAX, PASSAGES_MAX, SEARCH_MS_MAX, STATEMENT_MS_MAX } from "./retrievalLimits.js";
import { quoted, type RetrievalPlace, relationOf } from "./retrievalPlace.js";
import type { Passage, RetrievalTool } from "./retrievalTool.js";
import { searchStatement } from "./searchStatement.js";

export type PostgresToolParts = {
  /** `postgres://…` of the client's own database, as sinks have it. */
  readonly url: string;
  readonly place: RetrievalPlace;
  readonly policy: SinkPolicy;
  /** Default: `STATEMENT_MS_MAX`. */
  readonly statementMs?: number;
};

/**
 * Reads a client's own Postgres: one view or table, in one read-only transaction, by a role that can do nothing else. The connection is
 * made for each search, to an address that was checked, and the role is looked at each time.
 *
 * Throws RETRIEVAL_BAD_CONFIG; connects to nothing yet.
 */
export function createPostgresTool({
  url,
  place,
  policy,
  statementMs = STATEMENT_MS_MAX,
}: PostgresToolParts): RetrievalTool {
  const target = readTarget(url);
  const name = `${nameOfTarget(target)} ${relationOf(place)}`;
  const driver = createPostgresDriver({ target, policy, resolve: systemResolve });
  return {
    name,
    async search(query, { limit, signal }) {
      const statement = searchStatement(place, query, Math.min(Math.max(1, limit), PASSAGES_MAX));
      const within = AbortSignal.any([signal, AbortSignal.timeout(SEARCH_MS_MAX)]);
      let connection: SqlConnection | undefined;
      const cut = (): void => connection?.destroy();
      within.addEventListener("abort", cut, { once: true });
      try {
        connection = await driver.connect(within);
        within.throwIfAborted();
        const passages = await readWithin(connection, Math.min(statementMs, STATEMENT_MS_MAX), async (open) => {
          await checkReader(open, { place, name });
          return passagesOf(await open.query(statement.sql, statement.values));
        });
        await connection.close();
        return passages;
      } catch (error) {
        signal.throwIfAborted();
        throw failureOf(error, { name, isLate: within.aborted });
      } finally {
        within.removeEventListener("abort", cut);
        connection?.destroy();
      }
    },
  };
}

function readTarget(url: string): ServerTarget {
  const bad = (reason: string) => new RetrievalError({ code: "RETRIEVAL_BAD_CONFIG", reason });
  try {
    const target = parseSinkTarget(url);
    if (target.kind === "postgres") return target;
  } catch (error) {
    if (error instanceof SinkError && error.data.code === "SINK_BAD_TARGET") throw bad(error.data.reason);
    throw error;
  }
  throw bad("expected postgres://");
}

/** One snapshot, in which the server refuses every write. */
async function readWithin<Result>(
  connection: SqlConnection,
  statementMs: number,
  work: (open: SqlConnection) => Promise<Result>,
): Promise<Result> {
  await connection.query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
  await connection.query(`SET LOCAL statement_timeout = ${statementMs}`);
  await connection.query(`SET LOCAL lock_timeout = ${statementMs}`);
  const result = await work(connection);
  await connection.query("ROLLBACK");
  return result;
}

async function checkReader(
  open: SqlConnection,
  { place, name }: { readonly place: RetrievalPlace; readonly name: string },
): Promise<void> {
  const [role] = await open.query(ROLE_STATEMENT);
  const [relation] = await open.query(RELATION_STATEMENT, [quoted(relationOf(place))]);
  const kind = relation?.kind;
  const fault = readerFault({ role, relation: typeof kind === "string" ? kind : undefined }, place.kind);
  if (fault?.kind === "tooStrong")
    throw new RetrievalError({ code: "RETRIEVAL_ROLE_TOO_STRONG", place: name, may: fault.may });
  if (fault !== undefined) throw new RetrievalError({ code: "RETRIEVAL_NO_SUCH_PLACE", place: name });
}

/** As many of the rows, from the best on, as fit the bound of bytes. */
function passagesOf(rows: readonly Record<string, unknown>[]): readonly Passage[] {
  const passages: Passage[] = [];
  let bytes = 0;
  for (const { source, text, score } of rows) {
    if (typeof source !== "string" || typeof text !== "string" || typeof score !== "number") continue;
    bytes += Buffer.byteLength(source) + Buffer.byteLength(text);
    if (bytes > ANSWER_BYTES_MAX) break;
    passages.push({ source, text, score });
  }
  return passages;
}

function failureOf(error: unknown, { name, isLate }: { readonly name: string; readonly isLate: boolean }): unknown {
  if (error instanceof RetrievalError) return error;
  const state = stateOf(error);
  if (isLate || TIMEOUT_STATES.has(state))
    return new RetrievalError({ code: "RETRIEVAL_TIMEOUT", place: name }, { isRetryable: true });
  if (state === READ_ONLY_STATE) return new RetrievalError({ code: "RETRIEVAL_WRITES", place: name });
  if (error instanceof SinkError) {
    const reason = error.data.code === "SINK_UNREACHABLE" ? error.data.reason : error.data.code;
    return new RetrievalError(
      { code: "RETRIEVAL_UNREACHABLE", place: name, reason },
      { isRetryable: error.isRetryable },
    );
  }
  if (/^[0-9A-Z]{5}$/.test(state)) return new RetrievalError({ code: "RETRIEVAL_FAILED", place: name, state });
  return new RetrievalError({ code: "RETRIEVAL_UNREACHABLE", place: name, reason: state }, { isRetryable: true });
}
