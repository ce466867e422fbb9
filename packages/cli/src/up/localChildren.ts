import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Clock } from "@cortensor/runtime";
import type { CommandContext } from "../commandContext.js";
import type { Ports, PortsAsked } from "./choosePorts.js";
import type { LocalProfile } from "./localGround.js";
import type { LocalKeys } from "./localKeys.js";
import { type SupervisedChild, superviseChild } from "./superviseChild.js";

/**
 * Room for the objects of tasks and receipts under way, in MiB: with Node's 16 they are copied again and again before they die, a tenth
 * of a busy router's time. An idle router doesn't use it.
 */
const ROUTER_NODE_ARGS = ["--max-semi-space-size=64"];

export type LocalNetworkOptions = {
  /** Default: what the home has, or `local`. */
  readonly profile?: LocalProfile;
  readonly host: string;
  readonly miners: number;
  /** They start when the network answers. */
  readonly guards: number;
  /** Of an epoch. Default: as it was at the last start, or a local network's own. */
  readonly epochSeconds?: number;
  readonly ports: PortsAsked["given"];
  /** Arguments handed to each miner: its model. */
  readonly minerArgs: readonly string[];
};

export type LocalParts = {
  readonly context: CommandContext;
  readonly clock: Clock;
  readonly random: () => number;
  readonly options: LocalNetworkOptions;
};

/** This command's own program: its children are the same one with other arguments. */
export const ENTRY = fileURLToPath(new URL("../../bin/cortensor.mjs", import.meta.url));
const DASHBOARD = fileURLToPath(new URL("../../../dashboard/dist/", import.meta.url));

export function startRouterChild(
  { context, clock, random, options }: LocalParts,
  parts: {
    readonly keys: LocalKeys;
    readonly ports: Ports;
    readonly databaseUrl: string;
    readonly adminToken: string;
    readonly account: number;
    readonly auditorToken: string;
    readonly env: Readonly<Record<string, string>>;
  },
): SupervisedChild {
  const { output, paths, shutdown } = context;
  const { keys } = parts;
  output.progress("router.starting", "Starting the router");
  const env = {
    ...process.env,
    ROUTER_HOST: options.host,
    ROUTER_PORT: String(parts.ports.http),
    ROUTER_PROFILE: paths.profile,
    ROUTER_SIGNER_KEY: keys.router.key.expose(),
    ROUTER_OPERATOR: keys.operator.address,
    ROUTER_SPENDING_KEYS: keys.spending.key.expose(),
    ROUTER_DATABASE_URL: parts.databaseUrl,
    ROUTER_ADMIN_TOKEN: parts.adminToken,
    ROUTER_COMPARISON_ACCOUNT: process.env.ROUTER_COMPARISON_ACCOUNT ?? String(parts.account),
    ROUTER_AUDITOR_TOKEN: parts.auditorToken,
    // Whoever is a client of a network on this machine is at home on it.
    ROUTER_SINK_PRIVATE: process.env.ROUTER_SINK_PRIVATE ?? String(options.host === "127.0.0.1"),
    ROUTER_SETTLE_AGE: process.env.ROUTER_SETTLE_AGE ?? "10s",
    // A chain of one machine is never reorganised, and makes a block in ten seconds when nothing happens.
    ROUTER_FINALITY_BLOCKS: process.env.ROUTER_FINALITY_BLOCKS ?? "2",
    ROUTER_CHAIN_POLL: process.env.ROUTER_CHAIN_POLL ?? "1s",
    ...parts.env,
  };
  const pages = existsSync(join(DASHBOARD, "index.html")) ? ["--pages", DASHBOARD] : [];
  const args = ["--home", paths.home, "router", ...pages];
  const logFile = join(paths.logs, "router.log");
  const spec = { name: "router", entry: ENTRY, args, nodeArgs: ROUTER_NODE_ARGS, env, logFile };
  const child = superviseChild(spec, { output, clock, random });
  shutdown.add("router", () => child.stop());
  return child;
}

export function startMinerChildren(
  { context, clock, random, options }: LocalParts,
  { keys, ports, dataFolder }: { readonly keys: LocalKeys; readonly ports: Ports; readonly dataFolder: string },
): readonly SupervisedChild[] {
  const { output, paths, shutdown } = context;
  const children = keys.miners.map(({ operator: owner, signer, sealing }) => {
    const env = {
      ...process.env,
      MINER_PROFILE: paths.profile,
      MINER_SIGNER_KEY: signer.key.expose(),
      MINER_SEALING_KEY: sealing.key.expose(),
      // It registers itself: only its engine knows its kernel class.
      MINER_OPERATOR_KEY: owner.key.expose(),
      MINER_ROUTERS: `ws://127.0.0.1:${ports.http}/wire`,
      MINER_OUTBOX: join(dataFolder, "outbox", signer.name),
    };
    const args = ["--home", paths.home, "miner", ...options.minerArgs];
    const logFile = join(paths.logs, `${signer.name}.log`);
    output.progress("miner.starting", `Starting ${signer.name} and its engine`, { name: signer.name });
    return superviseChild({ name: signer.name, entry: ENTRY, args, env, logFile }, { output, clock, random });
  });
  shutdown.add("miners", async () => {
    await Promise.all(children.map((child) => child.stop()));
  });
  return children;
}
