import { spawn } from "node:child_process";
import path from "node:path";
import { readLane } from "@cortensor/chain";
import { connectDatabase } from "@cortensor/runtime";
import { ROOT } from "../../scripts/run.mjs";

/** Longest wait for the last receipt to be settled. */
const SETTLED_MS = 60_000;
const LOOK_MS = 100;

/** What an account has spent, three times over: by the books past every router, by the receipts, and by the chain. */
export async function countSpent(operator, { account, taskIds }) {
  const pool = connectDatabase({ url: operator.databaseUrl, max: 1 });
  try {
    const { rows, cumulativeWei } = await atRest(pool, operator, account);
    const [{ fsync, commit }] = (
      await pool.query("SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit")
    ).rows;
    const booked = rows.map(({ task }) => `0x${task}`);
    const checked = await verify(operator, booked);
    return {
      booksWei: rows.reduce((sum, { fee }) => sum + BigInt(fee), 0n),
      receiptsWei: BigInt(checked.feesWei),
      chainWei: cumulativeWei,
      receipts: booked.length,
      invalid: checked.invalid.length,
      /** Answers that a client has whole, and no receipt stands for. */
      unreceipted: taskIds.filter((taskId) => !booked.includes(taskId)).length,
      database: { fsync, synchronous_commit: commit },
    };
  } finally {
    await pool.end();
  }
}

/**
 * Receipts and chain once everything is settled. A result that its miner offers again after a kill may come between the two readings: then
 * they are read again, until they agree or the time is up.
 */
async function atRest(pool, operator, account) {
  const endsAt = Date.now() + SETTLED_MS;
  for (;;) {
    const { rows } = await pool.query(
      `SELECT encode(task_id, 'hex') AS task, fee_wei AS fee, s.state IS NOT DISTINCT FROM 'confirmed' AS settled
       FROM receipts r LEFT JOIN settlements s ON s.id = r.settlement_id WHERE r.account = $1`,
      [account],
    );
    const { cumulativeWei } = await readLane(operator.chain, { account, lane: operator.lane });
    const booksWei = rows.reduce((sum, { fee }) => sum + BigInt(fee), 0n);
    const open = rows.filter(({ settled }) => !settled).length;
    if (open === 0 && booksWei === cumulativeWei) return { rows, cumulativeWei };
    if (Date.now() > endsAt) {
      if (open > 0) throw new Error(`${open} receipts were not settled in ${SETTLED_MS} ms`);
      return { rows, cumulativeWei };
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** In a process that trusts no router: every receipt, against the chain. */
async function verify({ routers, profilePath }, taskIds) {
  const script = path.join(ROOT, "test/e2e/harness/verifyReceipts.mjs");
  const child = spawn(process.execPath, [script, routers[0].url, profilePath], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(taskIds.join("\n"));
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`receipts could not be verified: code ${code}`);
  return JSON.parse(text);
}
