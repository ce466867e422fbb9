import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pickFreePort, systemClock } from "@cortensor/runtime";
import mysql from "mysql2/promise";

/** A real MariaDB server of its own, that can be killed and started again where it was. */
export type TestMariadb = {
  readonly create: () => Promise<string>;
  readonly kill: () => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

const PASSWORD = "p@ss word";
const READY_MS_MAX = 60_000;
const READY_POLL_MS = 50;

/** Where MariaDB's server is installed, if it is. */
export function findMariadb(): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
  return folders.map((folder) => join(folder, "mariadbd")).find((file) => existsSync(file));
}

/** Says why tests of MySQL's sink don't run here, so that nobody takes silence for success. */
export function sayNoMariadb(): void {
  process.stderr.write(
    "\n!! NOT RUN: sinks in MySQL and MariaDB. No mariadbd here; Debian: mariadb-server-core, mariadb-client-core\n\n",
  );
}

export async function startTestMariadb(
  binary: string,
  tls?: { readonly cert: string; readonly key: string },
): Promise<TestMariadb> {
  const folder = await mkdtemp(join(tmpdir(), "cortensor-sinks-"));
  const data = join(folder, "data");
  const account = process.getuid?.() === 0 ? ["--user=root"] : [];
  const install = ["--no-defaults", `--datadir=${data}`, "--auth-root-authentication-method=normal", "--skip-test-db"];
  execFileSync("mariadb-install-db", [...install, ...account], { stdio: "ignore" });
  const init = join(folder, "init.sql");
  await writeFile(
    init,
    // A statement a line.
    `CREATE USER IF NOT EXISTS 'sink'@'%' IDENTIFIED BY '${PASSWORD}';\nGRANT ALL ON *.* TO 'sink'@'%';\n`,
  );
  const port = await pickFreePort();
  const flags = [
    "--no-defaults",
    `--datadir=${data}`,
    `--socket=${join(folder, "socket")}`,
    `--pid-file=${join(folder, "pid")}`,
    `--init-file=${init}`,
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--innodb-buffer-pool-size=32M",
    "--innodb-flush-log-at-trx-commit=1",
    ...account,
    ...(tls ? [`--ssl-cert=${join(folder, "cert.pem")}`, `--ssl-key=${join(folder, "key.pem")}`] : []),
  ];
  if (tls) {
    await writeFile(join(folder, "cert.pem"), tls.cert);
    await writeFile(join(folder, "key.pem"), tls.key, { mode: 0o600 });
  }
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(binary, flags, { stdio: "ignore" });
    // It must not outlive a run that was interrupted.
    const onExit = (): void => void child.kill("SIGKILL");
    process.once("exit", onExit);
    child.once("exit", () => process.off("exit", onExit));
    try {
      await untilReady(child, port);
    } catch (error) {
      await end(child, "SIGKILL");
      throw error;
    }
    return child;
  };
  let server = await start();
  let count = 0;
  return {
    async create() {
      count += 1;
      const admin = await mysql.createConnection({ host: "127.0.0.1", port, user: "sink", password: PASSWORD });
      await admin.query(`CREATE DATABASE test${count}`);
      await admin.end();
      return `mariadb://sink:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/test${count}`;
    },
    kill: () => end(server, "SIGKILL"),
    async restart() {
      server = await start();
    },
    async stop() {
      await end(server, "SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(child: ChildProcess, port: number): Promise<void> {
  const untilMs = systemClock.nowMs() + READY_MS_MAX;
  while (child.exitCode === null && systemClock.nowMs() < untilMs) {
    const admin = await mysql
      .createConnection({ host: "127.0.0.1", port, user: "sink", password: PASSWORD })
      .catch(() => undefined);
    if (admin) {
      await admin.end();
      return;
    }
    await systemClock.sleep(READY_POLL_MS);
  }
  throw new Error(`MariaDB didn't become ready: exit ${child.exitCode}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill(signal);
  await ended;
}
