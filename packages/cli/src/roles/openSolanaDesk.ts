import type { Gateway } from "@cortensor/api";
import { connectSolana, type NetworkProfile, parseHubPlace, parseSolanaKey, requireHub } from "@cortensor/chain";
import { createSolanaTasks, type RouterConfig, SolanaDesk } from "@cortensor/node";
import { guardsDomain } from "@cortensor/protocol";
import { type Logger, runLoop, type Shutdown, systemClock } from "@cortensor/runtime";
import { CliError } from "../cliError.js";
import { readKeypair } from "../solana/keypairFile.js";
import { untilConfirmed } from "../solana/untilConfirmed.js";

/** Pause between two looks at tasks: about two of Solana's slots. */
const ROUND_MS = 1_000;

/** Has a router take tasks over Solana, where its settings name a hub. They are asked of its own gateway. */
export async function openSolanaDesk(parts: {
  readonly config: RouterConfig;
  readonly profile: NetworkProfile;
  readonly gateway: Gateway;
  readonly shutdown: Shutdown;
  readonly log: Logger;
}): Promise<void> {
  const { config, profile, gateway, shutdown, log } = parts;
  const {
    solanaUrl: url,
    solanaGenesis,
    solanaProgram: program,
    solanaHub: hub,
    solanaKeypair,
    solanaAccount,
  } = config;
  if (hub === undefined) return;
  const isWhole = url !== undefined && solanaGenesis !== undefined && program !== undefined;
  if (!isWhole || solanaKeypair === undefined || solanaAccount === undefined) {
    const needed = "ROUTER_SOLANA_RPC, _GENESIS, _PROGRAM, _KEYPAIR and _ACCOUNT";
    throw new CliError({ code: "CLI_USAGE", problem: `ROUTER_SOLANA_HUB needs ${needed}` });
  }
  const genesisHash = parseSolanaKey(solanaGenesis);
  const connect = () => connectSolana({ url, genesisHash });
  const place = parseHubPlace({ program, hub });
  const { chainId, addresses } = profile;
  await requireHub(await connect(), place, guardsDomain({ chainId, guards: addresses.attestations }));
  const tasks = createSolanaTasks({
    ...{ place, connect, key: await readKeypair(solanaKeypair) },
    confirm: (cluster, sent) => untilConfirmed(cluster, sent, shutdown.signal),
  });
  const caller = { account: solanaAccount, custody: "custodial" } as const;
  const desk = new SolanaDesk({ tasks, gateway, caller, clock: systemClock, log });
  const ending = new AbortController();
  const loop = runLoop({
    name: "solana tasks",
    everyMs: ROUND_MS,
    clock: systemClock,
    signal: ending.signal,
    work: () => desk.round(),
    onError: (error) => log.warn("A round failed", { loop: "solana tasks" }, error),
  });
  shutdown.add("solana tasks", async () => {
    ending.abort();
    await Promise.all([loop, desk.stop()]);
  });
}
