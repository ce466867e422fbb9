import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pickFreePort, type RunningPostgres, startPostgres } from "@cortensor/runtime";
import pg from "pg";

export type SinkRow = {
  readonly sequence: string;
  readonly task_id: string;
  readonly prompt: string | null;
  readonly withheld: string | null;
};

/** A client's own Postgres, which can be killed and started again where it was. */
export type SinkDatabase = {
  readonly url: string;
  readonly kill: () => Promise<void>;
  readonly restart: () => Promise<void>;
  /** What it was told of, in its order; nothing while it is dead, or before it was told of anything. */
  readonly rows: () => Promise<readonly SinkRow[]>;
  readonly stop: () => Promise<void>;
};

export async function startSinkDatabase(): Promise<SinkDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "cortensor-sink-"));
  // As root the server runs as another account, which must get in.
  chmodSync(folder, 0o755);
  const port = await pickFreePort();
  let server: RunningPostgres = await startPostgres({ folder, port });
  return {
    url: server.url,
    async kill() {
      process.kill(server.pid, "SIGKILL");
      await server.exited;
    },
    async restart() {
      server = await startPostgres({ folder, port });
    },
    rows: () => readRows(server.url),
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function readRows(connectionString: string): Promise<readonly SinkRow[]> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const columns = "sequence::text, task_id, prompt, withheld::text";
    return (await client.query<SinkRow>(`SELECT ${columns} FROM cortensor_records r ORDER BY r.sequence`)).rows;
  } catch {
    // Dead, on its way back, or without tables yet.
    return [];
  } finally {
    await client.end().catch(() => undefined);
  }
}
