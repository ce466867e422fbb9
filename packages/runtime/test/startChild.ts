import { writeSync } from "node:fs";
import { connectDatabase, startPostgres } from "../src/index.js";

/** Starts a server on the folder given, says where, and waits: for a signal that stops it in order, or for its death. */
const [folder = ""] = process.argv.slice(2);
const server = await startPostgres({ folder });
const pool = connectDatabase({ url: server.url, max: 1 });
const alive = setInterval(() => undefined, 60_000);
process.once("SIGINT", async () => {
  // The terminal's Ctrl-C reached the whole group: the server must still answer, until it is told to stop.
  const { rows } = await pool.query("SELECT 'still here' AS said");
  writeSync(1, `${JSON.stringify({ said: rows[0].said })}\n`);
  await pool.end();
  await server.stop();
  clearInterval(alive);
});
await pool.query("CREATE TABLE IF NOT EXISTS kept (n int)");
await pool.query("INSERT INTO kept VALUES (1)");
const { rows } = await pool.query("SELECT count(*)::int AS kept FROM kept");
writeSync(
  1,
  `${JSON.stringify({ pid: server.pid, dataFolder: server.dataFolder, url: server.url, kept: rows[0].kept })}\n`,
);
