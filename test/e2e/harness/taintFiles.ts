import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { queryBooks } from "./queryBooks.js";
import { readIfThere } from "./readIfThere.js";
import type { Network } from "./startNetwork.js";

/** A file of the database's log has 16 MiB, and none here needs more. */
const FILE_BYTES_MAX = 64 * 1_048_576;

/** A thing in which a text may stand, and where that is. */
export type Place = { readonly name: string; readonly bytes: Buffer };

/** Every file below a folder, each by the place that it belongs to. */
export function* filesIn(folder: string, placeOf: (path: string) => string): Generator<Place, void, undefined> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile()) continue;
    const bytes = readIfThere(path);
    if (bytes.length > FILE_BYTES_MAX) throw new Error(`${path} is too large to look through`);
    yield { name: placeOf(relative(folder, path)), bytes };
  }
}

/** Where the database's files really lie: for an administrator's account that isn't below the home. */
export function databaseFolder(network: Network): string {
  const pid = network.databasePid();
  const command = network.processes().find((entry) => entry.pid === pid)?.command ?? [];
  const folder = command[command.indexOf("-D") + 1];
  if (folder === undefined) throw new Error(`process ${pid} names no data folder`);
  return folder;
}

/** Every row of the router's database in text: its files hold long values compressed. */
export async function dumpDatabase(network: Pick<Network, "routerPid">): Promise<Place> {
  const tables = await queryBooks<{ schema: string; name: string }>(
    network,
    `SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const rows: string[] = [];
  for (const { schema, name } of tables) {
    const found = await queryBooks<{ row: string }>(
      network,
      `SELECT row_to_json(t)::text AS row FROM "${schema}"."${name}" t`,
    );
    rows.push(...found.map(({ row }) => row));
  }
  return { name: "database", bytes: Buffer.from(rows.join("\n")) };
}
