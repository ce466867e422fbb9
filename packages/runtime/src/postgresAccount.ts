import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { RuntimeError } from "./runtimeError.js";

const run = promisify(execFile);

/** The system account that the server runs as when this process is root, which Postgres refuses to be. */
export type PostgresAccount = { readonly name: string; readonly uid: number; readonly gid: number };

/** In order of preference. Both exist already where they exist: no account is ever made, and no file of the system changed. */
const ACCOUNTS = ["postgres", "nobody"];

/** Undefined unless this process is root. */
export async function choosePostgresAccount(): Promise<PostgresAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ACCOUNTS) {
    const account = await findAccount(name);
    if (account) return account;
  }
  throw new RuntimeError({
    code: "RUNTIME_POSTGRES_NO_ACCOUNT",
    hint: `Postgres doesn't run as root and there is no account ${ACCOUNTS.join(" or ")}; start as another user, or give a database URL`,
  });
}

/** Whether the account can do what `test` asks of the path (`-x`, `-r`), with all the folders above it. */
export async function accountCan(account: PostgresAccount, test: "-x" | "-r", path: string): Promise<boolean> {
  try {
    await run("/bin/sh", ["-c", 'test "$1" "$2"', "sh", test, path], { uid: account.uid, gid: account.gid, cwd: "/" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === 1) return false;
    throw error;
  }
}

async function findAccount(name: string): Promise<PostgresAccount | undefined> {
  try {
    const [uid, gid] = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]);
    return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch (error) {
    // `id` ends with 1 for an unknown name; a system without `id` has no such account for us either.
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}
