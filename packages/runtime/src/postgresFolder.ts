import { chmod, chown, mkdir, mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Logger } from "./createLogger.js";
import { accountCan, type PostgresAccount } from "./postgresAccount.js";
import { copyPostgresBinaries, type PostgresBinaries } from "./postgresBinaries.js";
import { RuntimeError } from "./runtimeError.js";

/** File in the home that says where the data lies instead. */
const ELSEWHERE_FILE = "elsewhere";
/** Kept over a restart of the machine, where it exists. */
const LASTING_TEMP = "/var/tmp";

/** Where a server's data and programs really are. */
export type PostgresPlace = { readonly dataFolder: string; readonly binaries: PostgresBinaries };

/**
 * Settles where the data lies. For an ordinary user: in the folder. For root's stand-in account: there too if it can get
 * there, else in a folder of our own under the system's temporary files, which the home records. Only folders of ours
 * change their permissions.
 */
export async function choosePostgresPlace(parts: {
  readonly folder: string;
  readonly binaries: PostgresBinaries;
  readonly account: PostgresAccount | undefined;
  readonly log: Logger;
}): Promise<PostgresPlace> {
  const { folder, binaries, account, log } = parts;
  await mkdir(folder, { recursive: true });
  if (!account) return { dataFolder: join(folder, "data"), binaries };
  const recorded = await readElsewhere(folder);
  if (recorded !== undefined) {
    await assertThere(recorded, folder);
    return placeElsewhere(recorded, { binaries, account });
  }
  await chmod(folder, 0o711);
  const reachesFolder = await accountCan(account, "-x", folder);
  const reachesBinaries = await accountCan(account, "-x", binaries.postgres);
  if (reachesFolder && reachesBinaries) return { dataFolder: join(folder, "data"), binaries };
  const elsewhere = await makeElsewhere(folder);
  log.warn("Database kept in a temporary folder, since a folder above its own is closed to the account it runs as", {
    account: account.name,
    folder,
    elsewhere,
    advice: "choose a home that others may enter, run as an ordinary user, or give a database URL",
  });
  return placeElsewhere(elsewhere, { binaries, account });
}

/** Makes a folder that belongs to the server alone. */
export async function makeServerFolder(path: string, account: PostgresAccount | undefined): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
  if (account) await chown(path, account.uid, account.gid);
}

async function placeElsewhere(
  elsewhere: string,
  parts: { readonly binaries: PostgresBinaries; readonly account: PostgresAccount },
): Promise<PostgresPlace> {
  const reaches = await accountCan(parts.account, "-x", parts.binaries.postgres);
  const binaries = reaches ? parts.binaries : await copyPostgresBinaries(parts.binaries, elsewhere);
  return { dataFolder: join(elsewhere, "data"), binaries };
}

async function makeElsewhere(folder: string): Promise<string> {
  const lasting = await stat(LASTING_TEMP).catch(() => undefined);
  const elsewhere = await mkdtemp(join(lasting?.isDirectory() ? LASTING_TEMP : tmpdir(), "cortensor-postgres-"));
  await chmod(elsewhere, 0o711);
  await writeFile(join(folder, ELSEWHERE_FILE), `${elsewhere}\n`, { mode: 0o600 });
  return elsewhere;
}

/** The folder that the home names in its stead, if it does. */
export async function readElsewhere(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, ELSEWHERE_FILE), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  const elsewhere = text?.trim();
  return elsewhere === "" ? undefined : elsewhere;
}

async function assertThere(elsewhere: string, folder: string): Promise<void> {
  if (await stat(elsewhere).catch(() => undefined)) return;
  throw new RuntimeError({
    code: "RUNTIME_POSTGRES_NO_FOLDER",
    folder: elsewhere,
    hint: `it held the data and is gone; put it back, or delete ${join(folder, ELSEWHERE_FILE)} to begin with an empty database`,
  });
}
