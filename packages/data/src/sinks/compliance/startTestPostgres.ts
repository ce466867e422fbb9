import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectDatabase, pickFreePort, type RunningPostgres, startPostgres } from "@cortensor/runtime";

/** A real Postgres server of its own, that can be killed and started again where it was. */
export type TestPostgres = {
  /** The URL of an empty database, made now. */
  readonly create: () => Promise<string>;
  readonly kill: () => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), "cortensor-sinks-"));
  // As root the server runs as another account, which must get in.
  await chmod(folder, 0o755);
  const port = await pickFreePort();
  let server: RunningPostgres = await startPostgres({ folder, port });
  let count = 0;
  return {
    async create() {
      count += 1;
      const pool = connectDatabase({ url: server.url, max: 1 });
      await pool.query(`CREATE DATABASE test${count}`);
      await pool.end();
      return server.url.replace(/[^/]+$/, `test${count}`);
    },
    async kill() {
      process.kill(server.pid, "SIGKILL");
      await server.exited;
    },
    async restart() {
      server = await startPostgres({ folder, port });
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
