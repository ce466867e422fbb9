import { type Address, type Bytes32, CUSTODIES, SESSION_CLASSES } from "@cortensor/protocol";
import type pg from "pg";
import type { BookedSession } from "../books.js";
import { SESSIONS_MAX } from "../limits.js";
import { accountBudgetId } from "./budgetRows.js";
import { toBuffer, toHex } from "./hexBytes.js";
import { inTransaction, query } from "./transaction.js";

type SessionRow = {
  account: string;
  session: Buffer;
  owner: Buffer;
  custody: number;
  session_class: number;
  allotment_wei: string;
  chunk_wei: string | null;
};

const SELECT_SESSIONS =
  "SELECT account, session, owner, custody, session_class, allotment_wei, chunk_wei FROM sessions";

/** The budget row comes with the session, and knows of debits that were there before. */
export async function putSession(
  pool: pg.Pool,
  put: { readonly session: BookedSession; readonly lane: Address; readonly salt: Bytes32 },
): Promise<void> {
  const { session } = put;
  const allotment = session.allotmentWei.toString();
  const chunk = session.chunkWei?.toString() ?? null;
  await inTransaction(pool, "put a session", async (client) => {
    await client.query(
      `INSERT INTO sessions (account, session, owner, custody, allotment_wei, chunk_wei, salt, session_class)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (account) DO UPDATE SET session = excluded.session, owner = excluded.owner, custody = excluded.custody,
         allotment_wei = excluded.allotment_wei, chunk_wei = excluded.chunk_wei, session_class = excluded.session_class`,
      [
        session.account,
        toBuffer(session.session),
        toBuffer(session.owner),
        CUSTODIES.indexOf(session.custody),
        allotment,
        chunk,
        toBuffer(put.salt),
        SESSION_CLASSES.indexOf(session.sessionClass),
      ],
    );
    await client.query(
      `INSERT INTO budgets (id, limit_wei, chunk_wei, debited_wei)
       VALUES ($1, $2, $3, coalesce((SELECT max(cumulative_wei) FROM debits WHERE account = $4 AND lane = $5), 0))
       ON CONFLICT (id) DO UPDATE SET limit_wei = excluded.limit_wei, chunk_wei = excluded.chunk_wei`,
      [accountBudgetId(session.account), allotment, chunk, session.account, toBuffer(put.lane)],
    );
  });
}

export async function findSession(pool: pg.Pool, account: number): Promise<BookedSession | undefined> {
  const { rows } = await query<SessionRow>(pool, {
    during: "read a session",
    text: `${SELECT_SESSIONS} WHERE account = $1`,
    values: [account],
  });
  return rows[0] && toSession(rows[0]);
}

export async function readSessions(pool: pg.Pool): Promise<readonly BookedSession[]> {
  const { rows } = await query<SessionRow>(pool, {
    during: "read sessions",
    text: `${SELECT_SESSIONS} ORDER BY account LIMIT $1`,
    values: [SESSIONS_MAX],
  });
  return rows.map(toSession);
}

function toSession(row: SessionRow): BookedSession {
  return {
    account: Number(row.account),
    session: toHex(row.session),
    owner: toHex(row.owner),
    // Out of range only in a damaged database: then nobody's money moves without its owner's word.
    custody: CUSTODIES[row.custody] ?? "self",
    sessionClass: SESSION_CLASSES[row.session_class] ?? "unvalidated",
    allotmentWei: BigInt(row.allotment_wei),
    ...(row.chunk_wei === null ? {} : { chunkWei: BigInt(row.chunk_wei) }),
  };
}
