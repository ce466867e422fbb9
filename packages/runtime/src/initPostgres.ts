import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { PostgresAccount } from "./postgresAccount.js";
import { makeServerFolder, type PostgresPlace } from "./postgresFolder.js";
import { RuntimeError } from "./runtimeError.js";

const run = promisify(execFile);
/** `initdb` takes half a second on a fast disk. */
const INIT_MS_MAX = 120_000;
/** Much more than `initdb` ever says. */
const INIT_OUTPUT_BYTES_MAX = 1_048_576;

export const POSTGRES_USER = "cortensor";

/** The server's password: random, made once, readable by this process's user alone. */
export async function readOrMakePassword(folder: string): Promise<string> {
  const path = join(folder, "password");
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  const password = randomBytes(24).toString("base64url");
  await writeFile(path, `${password}\n`, { mode: 0o600, flag: "wx", flush: true });
  return password;
}

/**
 * Makes the data folder when there is none. It appears whole or not at all: a first start that was cut short begins again.
 */
export async function initPostgres(
  place: PostgresPlace,
  parts: { readonly account: PostgresAccount | undefined; readonly password: string },
): Promise<void> {
  const { account, password } = parts;
  if (await stat(join(place.dataFolder, "PG_VERSION")).catch(() => undefined)) return;
  const draft = `${place.dataFolder}.new`;
  const passwordFile = `${place.dataFolder}.password`;
  await rm(draft, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  await makeServerFolder(draft, account);
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flag: "wx" });
  if (account) await chown(passwordFile, account.uid, account.gid);
  const flags = [
    `--pgdata=${draft}`,
    `--pwfile=${passwordFile}`,
    `--username=${POSTGRES_USER}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--no-locale",
  ];
  try {
    await run(place.binaries.initdb, flags, {
      cwd: "/",
      env: { LC_ALL: "C", PATH: process.env.PATH },
      timeout: INIT_MS_MAX,
      maxBuffer: INIT_OUTPUT_BYTES_MAX,
      ...(account ? { uid: account.uid, gid: account.gid } : {}),
    });
  } catch (cause) {
    const output = cause instanceof Error && "stderr" in cause ? String(cause.stderr).slice(-2_000) : String(cause);
    throw new RuntimeError({ code: "RUNTIME_POSTGRES_INIT_FAILED", folder: place.dataFolder, output }, { cause });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rm(place.dataFolder, { recursive: true, force: true });
  await rename(draft, place.dataFolder);
}
