import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { addVerifier, createChainWriter, parseProfile } from "@cortensor/chain";
import { type Address, parseAddress } from "@cortensor/protocol";
import { type RunningPostgres, startPostgres } from "@cortensor/runtime";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { freePorts } from "./freePorts.js";
import type { JsonLine } from "./jsonLines.js";
import { type CommandOutcome, resultOf, runCommand } from "./runCommand.js";
import { endAll, type StartedProcess, startProcess } from "./startProcess.js";
import { within } from "./until.js";

const NAME = "clinic";
const CHAIN_ID = 41_007;
/** Contracts to deploy, or an engine to start, on a busy machine. */
const START_MS = 150_000;
/** Of the thousand COR that each account of a plan is given. */
const STAKE = ["--stake", "100"];
/** The command itself, whose log goes to a file. */
const LOGGING = ["sh", "-c", 'exec "$@" 2>>"$CORTENSOR_E2E_LOG"', "sh"];
/** Keys, each in the home of whose it is. The owner's is needed for nothing more. */
const KEYS = {
  owner: "organisation",
  operator: "router",
  router: "router",
  "miner-operator": "miner",
  miner: "miner",
  member: "member",
} as const;
const NODES = ["operator", "router", "miner-operator", "miner"] as const;

type KeyName = keyof typeof KEYS;
type Home = (typeof KEYS)[KeyName];
type Env = Readonly<Record<string, string>>;

/** A network of an organisation's members alone: its door, its router, its miner, and everybody's own end of the door are processes of their own. */
export type PrivateNetwork = {
  readonly homes: Readonly<Record<Home, string>>;
  readonly chain: RunningAnvil;
  /** Where its state lies. */
  readonly chainFolder: string;
  readonly database: RunningPostgres;
  readonly routerUrl: string;
  readonly routerPid: () => number;
  /** What its processes said. */
  readonly output: readonly JsonLine[];
  /** Runs a command of the member's, who enters by its own end of the door. */
  member(args: readonly string[]): Promise<CommandOutcome>;
  stop(): Promise<void>;
};

/** Starts all of it below a folder, each process with `env`. */
export async function startPrivateNetwork(folder: string, env: Env): Promise<PrivateNetwork> {
  const parts = new Parts(folder, env);
  try {
    return await start(parts);
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

async function start(parts: Parts): Promise<PrivateNetwork> {
  const { homes } = parts;
  const [http, door, ...ends] = (await freePorts(5)).map(String);
  const [chain, database, keys] = await Promise.all([parts.startChain(), parts.startDatabase(), makeKeys(parts)]);
  resultOf(await parts.run("organisation", ["chain", "create", ...planOf(keys)]));
  const serve = ["chain", "serve", NAME, "--chain", chain.url, "--listen", door ?? ""];
  const served = await parts.start("organisation", serve, { until: "result" });
  const enter = async (home: Home, as: KeyName, port = "") => {
    const out = join(homes[home], "entered.json");
    const at = ["--network", String(served.ready.profile), "--door", String(served.ready.door)];
    await parts.start(home, ["chain", "enter", ...at, "--as", as, "--listen", port, "--out", out], { until: "result" });
    return ["--network", out];
  };
  const [ofRouter, ofMiner, mine] = await Promise.all([
    enter("router", "operator", ends[0]),
    enter("miner", "miner-operator", ends[1]),
    enter("member", "member", ends[2]),
  ]);
  // Past the door: contracts that aren't the gate are their deployer's.
  const profile = { ...parseProfile(readFileSync(String(served.ready.profile), "utf8")), rpcUrls: [chain.url] };
  await addVerifier(createChainWriter({ profile, privateKey: anvilKey(0) }), keys.router);
  const routerUrl = `http://127.0.0.1:${http}`;
  const asRouter = ["router", ...ofRouter, ...STAKE, "--bond", "100", "--port", http ?? "", "--endpoint", routerUrl];
  const own = { ROUTER_DATABASE_URL: database.url };
  const router = await parts.start("router", asRouter, { until: "router.ready", own });
  const asMiner = ["miner", ...ofMiner, "--router", `ws://127.0.0.1:${http}/wire`, ...STAKE, "--scripted", "at-once"];
  await parts.start("miner", asMiner, { until: "miner.ready" });
  return {
    ...{ homes, chain, chainFolder: parts.chainFolder, database, routerUrl, routerPid: () => router.pid },
    get output() {
      return parts.processes.flatMap(({ output }) => output.lines);
    },
    member: (args) => parts.run("member", [...args, ...mine, "--router", routerUrl, "--as", "member"]),
    stop: () => parts.stop(),
  };
}

/** What is started, to be ended the other way round. */
class Parts {
  readonly homes: PrivateNetwork["homes"];
  readonly chainFolder: string;
  readonly processes: StartedProcess[] = [];
  readonly #folder: string;
  readonly #env: Env;
  readonly #passphrase = { CORTENSOR_PASSPHRASE: randomBytes(16).toString("hex") };
  readonly #ends: (() => Promise<void>)[] = [];

  constructor(folder: string, env: Env) {
    const homeOf = (name: string): string => {
      const home = join(folder, name);
      mkdirSync(join(home, "logs"), { recursive: true });
      return home;
    };
    this.homes = {
      organisation: homeOf("organisation"),
      router: homeOf("router"),
      miner: homeOf("miner"),
      member: homeOf("member"),
    };
    this.#folder = folder;
    this.chainFolder = join(folder, "chain");
    this.#env = env;
  }

  async startChain(): Promise<RunningAnvil> {
    const chain = await startAnvil({ chainId: CHAIN_ID, statePath: join(this.chainFolder, "state.json") });
    this.#ends.push(() => chain.stop());
    return chain;
  }

  async startDatabase(): Promise<RunningPostgres> {
    const database = await startPostgres({ folder: join(this.#folder, "database") });
    this.#ends.push(() => database.stop());
    return database;
  }

  run(home: Home, args: readonly string[]): Promise<CommandOutcome> {
    return runCommand([...args, "--home", this.homes[home]], { env: this.#passphrase });
  }

  /** Resolves once it says that event. */
  async start(
    home: Home,
    args: readonly string[],
    { until, own = {} }: { readonly until: string; readonly own?: Env },
  ) {
    const log = { CORTENSOR_E2E_LOG: join(this.homes[home], "logs", `${args[0]}.log`) };
    const env = { ...this.#passphrase, ...this.#env, ...log, ...own };
    const started = startProcess(this.homes[home], args, { env, inside: LOGGING });
    this.processes.push(started);
    this.#ends.push(async () => {
      started.child.kill("SIGTERM");
      await started.exited;
      await endAll({ mark: started.mark, home: started.mark });
    });
    const isReady = started.output.find(({ event }) => event === until);
    return { ready: await within(`${args.join(" ")}'s ${until}`, isReady, START_MS), pid: started.child.pid ?? -1 };
  }

  async stop(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end();
  }
}

async function makeKeys(parts: Parts): Promise<Readonly<Record<KeyName, Address>>> {
  const make = async (name: KeyName) =>
    parseAddress(String(resultOf(await parts.run(KEYS[name], ["key", "new", name])).address));
  const nodes = Promise.all([make("operator"), make("router"), make("miner-operator"), make("miner")]);
  const [[operator, router, minerOperator, miner], owner, member] = await Promise.all([
    nodes,
    make("owner"),
    make("member"),
  ]);
  return { owner, operator, router, "miner-operator": minerOperator, miner, member };
}

function planOf(keys: Readonly<Record<KeyName, Address>>): readonly string[] {
  const members = [`owner:${keys.owner}:lab`, `member:${keys.member}:lab`].flatMap((one) => ["--member", one]);
  const nodes = NODES.flatMap((name) => ["--node", `${keys[name]}:any`]);
  return ["--template", "research", "--name", NAME, "--chain-id", String(CHAIN_ID), ...members, ...nodes];
}
