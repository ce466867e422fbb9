import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChainReader, createChainReader, type NetworkProfile, parseProfile } from "@cortensor/chain";
import { addressOfPrivateKey } from "@cortensor/protocol";
import { type Cortensor, createCortensor } from "@cortensor/sdk";
import { freePorts } from "./freePorts.js";
import { type JsonLine, type JsonLines, readJsonLines } from "./jsonLines.js";
import { environmentOf, findProcesses, type ProcessEntry } from "./processes.js";
import { CORTENSOR } from "./runCommand.js";
import { until, within } from "./until.js";

/** A start that takes longer has failed: the first answer's own target is a tenth of it. */
const START_MS = 150_000;

export type NetworkOptions = {
  /** Kept afterwards if given, else made and removed. */
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
};

export type Network = {
  readonly home: string;
  readonly url: string;
  readonly apiKey: string;
  readonly account: number;
  readonly model: string;
  readonly rpcUrl: string;
  readonly output: JsonLines;
  readonly profile: NetworkProfile;
  readonly chain: ChainReader;
  /** With the network's own API key and its operator's token. */
  readonly client: Cortensor;
  /** With another key, or none. */
  clientOf(options: { readonly apiKey?: string }): Cortensor;
  /** Every process of this network that runs now, the supervisor first. */
  processes(): readonly ProcessEntry[];
  supervisorPid: number;
  routerPid(): number;
  minerPids(): ReadonlyMap<string, number>;
  databasePid(): number;
  /** Ends it as Ctrl-C does. Resolves with the supervisor's exit code; rejects when a process is left. */
  stop(): Promise<number | null>;
  /** Waits for the supervisor's end, whatever brought it about. */
  readonly exited: Promise<number | null>;
};

/** The `up` of one home, ready or not. */
export type StartedUp = {
  readonly child: ChildProcess;
  readonly home: string;
  readonly mark: string;
  readonly output: JsonLines;
  readonly stderr: () => string;
  readonly exited: Promise<number | null>;
};

/** Runs `cortensor up` and says nothing about how it goes. */
export function spawnUp({ home, env = {}, args = [] }: NetworkOptions & { readonly home: string }): StartedUp {
  const mark = `cortensor-e2e-${randomUUID()}`;
  const child = spawn(process.execPath, [CORTENSOR, "--json", "--home", home, "up", ...args], {
    env: { ...process.env, CORTENSOR_E2E: mark, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    stderr = (stderr + chunk).slice(-20_000);
  });
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code));
  });
  if (child.stdout === null) throw new Error("no output to read");
  const output = readJsonLines(child.stdout, () => `${stderr}\n${readLogs(home)}`);
  return { child, home, mark, output, stderr: () => stderr, exited };
}

/** Starts a whole network in a home of its own and waits for the word that it answers. */
export async function startNetwork(options: NetworkOptions = {}): Promise<Network> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), "cortensor-e2e-"));
  const [http, rpc] = await freePorts(2);
  const ports = ["--port", String(http), "--rpc-port", String(rpc)];
  const up = spawnUp({ ...options, home, args: [...ports, ...(options.args ?? [])] });
  const found = up.output.find((line) => line.event === "result");
  const ready = await within("answering network", found, START_MS).catch(async (error: unknown) => {
    await endAll(up);
    throw error;
  });
  return networkOf(up, ready, options.home === undefined);
}

function networkOf(up: StartedUp, ready: JsonLine, isOurHome: boolean): Network {
  const { home, mark, output, child, exited } = up;
  const profile = parseProfile(readFileSync(join(home, "network.json"), "utf8"));
  const url = String(ready.url);
  const apiKey = String(ready.apiKey);
  const adminToken = readFileSync(join(home, "admin-token"), "utf8").trim();
  const processes = () => findProcesses({ mark, home });
  const one = (what: string, fits: (entry: ProcessEntry) => boolean): number => {
    const found = processes().find(fits);
    if (found === undefined) throw new Error(`no ${what} runs: ${describeProcesses(processes())}`);
    return found.pid;
  };
  return {
    home,
    url,
    apiKey,
    account: Number(ready.account),
    model: String(ready.model),
    rpcUrl: profile.rpcUrls[0] ?? "",
    output,
    profile,
    chain: createChainReader({ profile }),
    client: createCortensor({ baseUrl: url, apiKey, adminToken }),
    clientOf: (options) => createCortensor({ baseUrl: url, ...options }),
    processes,
    supervisorPid: child.pid ?? -1,
    routerPid: () => one("router", isCommand("router")),
    databasePid: () => one("database", ({ command }) => /\/postgres$/.test(command[0] ?? "") && command.includes("-D")),
    minerPids: () =>
      new Map(
        processes()
          .filter(isCommand("miner"))
          .map(({ pid }) => [minerAddress(pid), pid]),
      ),
    exited,
    async stop() {
      child.kill("SIGINT");
      const code = await exited;
      const left = processes();
      await endAll(up);
      if (isOurHome && left.length === 0) rmSync(home, { recursive: true, force: true });
      if (left.length > 0) throw new Error(`processes are left: ${describeProcesses(left)}`);
      return code;
    },
  };
}

/** Ends whatever still runs. Only for the end of a test that has failed already, or has looked before. */
export async function endAll({ mark, home }: { readonly mark: string; readonly home: string }): Promise<void> {
  for (const { pid } of findProcesses({ mark, home })) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }
  await until("end of all processes", () => (findProcesses({ mark, home }).length === 0 ? true : undefined));
}

export function describeProcesses(entries: readonly ProcessEntry[]): string {
  return entries.map(({ pid, command }) => `${pid} ${command.join(" ").slice(0, 200)}`).join("\n");
}

/** A role runs as the command of its name. Its engine is another program. */
function isCommand(name: string): (entry: ProcessEntry) => boolean {
  return ({ command }) => command.some((part) => part.endsWith("cortensor.mjs")) && command.includes(name);
}

/** A local miner is given its key by its environment, which only its own account may read. */
function minerAddress(pid: number): string {
  const key = environmentOf(pid, "MINER_SIGNER_KEY");
  if (key === undefined) throw new Error(`process ${pid} has no miner's key`);
  return addressOfPrivateKey(`0x${key.replace(/^0x/, "")}`);
}

/** What the parts of a network logged last, for the error of a test that failed. */
export function readLogs(home: string): string {
  const folder = join(home, "logs");
  try {
    return readdirSync(folder)
      .map((name) => `== ${name}\n${readFileSync(join(folder, name), "utf8").slice(-4_000)}`)
      .join("\n");
  } catch (error) {
    return `no logs: ${String(error)}`;
  }
}
