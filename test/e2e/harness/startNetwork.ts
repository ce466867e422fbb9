import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type ChainReader, createChainReader, type NetworkProfile, parseProfile } from "@cortensor/chain";
import { addressOfPrivateKey } from "@cortensor/protocol";
import { type Cortensor, createCortensor } from "@cortensor/sdk";
import { checkInvariants } from "./checkInvariants.js";
import { freePorts } from "./freePorts.js";
import type { JsonLine, JsonLines } from "./jsonLines.js";
import { makeHome } from "./makeHome.js";
import { environmentOf, findProcesses, type ProcessEntry } from "./processes.js";
import { describeProcesses, endAll, type StartedProcess, startProcess } from "./startProcess.js";
import { within } from "./until.js";

/** A start that takes longer has failed: the first answer's own target is a tenth of it. */
const START_MS = 150_000;

export type NetworkOptions = {
  /** Kept afterwards if given, else made and removed. */
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Start on the ports that the home remembers. Default: on free ones, named to it. */
  readonly keepPorts?: boolean;
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
  guardPids(): readonly number[];
  databasePid(): number;
  /** Checks every invariant, then ends it as Ctrl-C does. Resolves with the supervisor's exit code; rejects when one is broken or a process is left. */
  stop(): Promise<number | null>;
  /** Waits for the supervisor's end, whatever brought it about. */
  readonly exited: Promise<number | null>;
};

/** Starts a whole network in a home of its own and waits for the word that it answers. */
export async function startNetwork(options: NetworkOptions = {}): Promise<Network> {
  const home = options.home ?? makeHome("e2e");
  const [http, rpc] = await freePorts(2);
  const ports = options.keepPorts === true ? [] : ["--port", String(http), "--rpc-port", String(rpc)];
  const env = options.env === undefined ? {} : { env: options.env };
  // Guards, and layers on chains of their own, are asked for where they are what is tested: their processes would slow all the others down.
  const usual = ["--profile", "single", "--guards", "0"];
  const up = startProcess(home, ["up", ...ports, ...usual, ...(options.args ?? [])], env);
  const found = up.output.find((line) => line.event === "result");
  const ready = await within("answering network", found, START_MS).catch(async (error: unknown) => {
    await endAll(up);
    throw error;
  });
  return networkOf(up, ready, options.home === undefined);
}

function networkOf(up: StartedProcess, ready: JsonLine, isOurHome: boolean): Network {
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
  const network: Network = {
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
    guardPids: () =>
      processes()
        .filter(isCommand("guard"))
        .map(({ pid }) => pid),
    exited,
    async stop() {
      const broken = await checkInvariants(network).then(
        () => undefined,
        (error: unknown) => error,
      );
      child.kill("SIGINT");
      const code = await exited;
      const left = processes();
      await endAll(up);
      if (isOurHome && left.length === 0) rmSync(home, { recursive: true, force: true });
      if (broken !== undefined) throw broken;
      if (left.length > 0) throw new Error(`processes are left: ${describeProcesses(left)}`);
      return code;
    },
  };
  return network;
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
