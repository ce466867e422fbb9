import { createHealthServer } from "@cortensor/api";
import { createCrosser, createRelayer, type RelayerConfig, relayerConfig } from "@cortensor/node";
import { createMetrics, formatConfigHelp, loadConfig, runLoop, systemClock } from "@cortensor/runtime";
import type { Command } from "commander";
import type { CommandContext, Env, GlobalOptions } from "../commandContext.js";
import { countOf } from "../countOf.js";
import type { Act } from "../main.js";
import { parsePort } from "../parseArgument.js";
import { openRelay } from "../relay/openRelay.js";
import { openWithdrawals } from "../relay/openWithdrawals.js";
import { createRelayTally } from "../relay/relayTally.js";
import { reportToParent } from "../reportToParent.js";
import { untilStopped } from "../untilStopped.js";

type RelayOptions = {
  readonly links?: string;
  readonly profile?: string;
  readonly rollup: readonly string[];
  readonly as: string;
  readonly port?: number;
  readonly once?: true;
};

/** `cortensor relay`: hands messages in between chains, and has layers told of each other, as anybody may. */
export function addRelay(program: Command, act: Act): void {
  program
    .command("relay")
    .description(
      "Relay messages between chains: deliver what guards signed, and try again what failed. With a profile, also tell its layers of each other.",
    )
    .option("--links <file>", "the ways to relay (RELAY_LINKS)")
    .option(
      "--profile <name|file>",
      "a deployed profile: relay between its layers; report nodes and stake down, and anchor attested roots on the L1 (RELAY_PROFILE)",
    )
    .option(
      "--rollup <file[=rpc]>",
      "an OP Stack chain of the profile, or above it at that RPC: prove and carry out what it sends to its parent; may be given again (RELAY_ROLLUPS)",
      (file: string, before: readonly string[]) => [...before, file],
      [],
    )
    .option("--as <name>", "name of the key that pays, on each chain", "relay")
    .option("--port <port>", "port of health and metrics (default 8670)", parsePort)
    .option("--once", "look once, do what is due, and end")
    .addHelpText("after", help())
    .action((options: RelayOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => relay(context, options)),
    );
}

async function relay(context: CommandContext, options: RelayOptions): Promise<void> {
  const { output, shutdown, env, paths } = context;
  const config: RelayerConfig = loadConfig(relayerConfig, await settingsOf(context, options));
  const log = context.log("relay");
  const metrics = createMetrics({ withProcess: true });
  const tally = createRelayTally(output);
  const isOnce = options.once === true;
  const { carriers, crossings } = await openRelay(config, { env, home: paths.home, log, isOnce });
  const parts = { clock: systemClock, log, metrics, random: Math.random };
  const relayer = createRelayer({ ...parts, carriers, pollMs: config.pollMs, onDone: tally.onRelayed });
  const { hourWei, reportPollMs: pollMs } = config;
  const crosser = createCrosser({ ...parts, crossings, hourWei, pollMs, onDone: tally.onCrossed });
  const health = () => {
    const reasons = [...relayer.health().reasons, ...crosser.health().reasons];
    return { live: true, ready: reasons.length === 0, reasons };
  };
  shutdown.add("relayer", () => relayer.stop());
  shutdown.add("crosser", () => crosser.stop());
  const withdrawals = await openWithdrawals(config, { env, home: paths.home, log, onStep: tally.onWithdrawal });
  if (isOnce) {
    await relayer.look();
    await crosser.look();
    for (const carrier of withdrawals) await carrier.look(shutdown.signal);
    return tally.end(health().reasons);
  }
  const server = createHealthServer({ health, metrics });
  shutdown.add("HTTP server", () => server.close());
  const { origin: url } = new URL(await server.listen({ host: config.host, port: config.port }));
  relayer.start();
  crosser.start();
  const { signal } = shutdown;
  const carrying = withdrawals.map((carrier) =>
    runLoop({
      ...{ name: "withdrawals", everyMs: config.pollMs, clock: systemClock, signal },
      work: () => carrier.look(signal),
      onError: (error) => log.warn("A rollup couldn't be read", {}, error),
    }),
  );
  shutdown.add("withdrawals", () => Promise.all(carrying).then(() => undefined));
  reportToParent({ kind: "ready", data: { url } });
  output.progress("relay.ready", `Relays ${countOf(carriers.length, "way")}; health and metrics on ${url}`, { url });
  await untilStopped(shutdown);
}

/** The environment, with what the command line says; a key of the home unless one is given. */
async function settingsOf(context: CommandContext, options: RelayOptions): Promise<Env> {
  const { env } = context;
  const flags: Env = {
    ...env,
    ...(options.links === undefined ? {} : { RELAY_LINKS: options.links }),
    ...(options.profile === undefined ? {} : { RELAY_PROFILE: options.profile }),
    ...(options.rollup.length === 0 ? {} : { RELAY_ROLLUPS: options.rollup.join(",") }),
    ...(options.port === undefined ? {} : { RELAY_PORT: String(options.port) }),
  };
  if (env.RELAY_KEY !== undefined) return flags;
  const { key } = await context.keystore({ mayGenerate: false }).openOrCreate(options.as);
  return { ...flags, RELAY_KEY: key.expose() };
}

function help(): string {
  return `
A relayer has no right that others lack: it pays gas, and that is all that it can do. Run as many as you like; any may die.
What it pays to tell layers of each other is capped by RELAY_HOUR_MAX, and what it pays to carry a rollup's withdrawals by
RELAY_WITHDRAWAL_HOUR_MAX; what it pays to deliver messages isn't.
Settings from the environment:
${formatConfigHelp(relayerConfig)
  .map((line) => `  ${line}`)
  .join("\n")}

Examples:
  $ cortensor relay --profile networks/my.json
  $ cortensor relay --links links.json
  $ cortensor relay --links links.json --once --json`;
}
