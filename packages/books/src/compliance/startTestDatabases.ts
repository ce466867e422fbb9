import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectDatabase, startPostgres } from "@cortensor/runtime";

/** A real Postgres server of its own, and as many empty databases on it as are asked for. */
export type TestDatabases = {
  readonly create: () => Promise<string>;
  readonly stop: () => Promise<void>;
  readonly pid: number;
};

export async function startTestDatabases(): Promise<TestDatabases> {
  const folder = await mkdtemp(join(tmpdir(), "cortensor-books-"));
  // As root the server runs as another account, which must get in.
  await chmod(folder, 0o755);
  const server = await startPostgres({ folder });
  const pool = connectDatabase({ url: server.url, max: 1 });
  let count = 0;
  return {
    pid: server.pid,
    async create() {
      count += 1;
      await pool.query(`CREATE DATABASE test${count}`);
      return server.url.replace(/[^/]+$/, `test${count}`);
    },
    async stop() {
      await pool.end();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
