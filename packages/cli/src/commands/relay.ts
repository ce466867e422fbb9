import { readFile } from "node:fs/promises";
import { createHealthServer } from "@cortensor/api";
import { createSender, openLinkEnd, parseLinks, type WayPlace } from "@cortensor/chain";
import {
  createQuorumCarrier,
  createRelayer,
  LinkBook,
  logRpcs,
  type RelayDone,
  type RelayerConfig,
  relayerConfig,
} from "@cortensor/node";
import { createMetrics, formatConfigHelp, type Logger, loadConfig, systemClock } from "@cortensor/runtime";
import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, Env, GlobalOptions } from "../commandContext.js";
import { countOf } from "../countOf.js";
import type { Act } from "../main.js";
import { parsePort } from "../parseArgument.js";
import { reportToParent } from "../reportToParent.js";
import { untilStopped } from "../untilStopped.js";

type RelayOptions = { readonly links?: string; readonly as: string; readonly port?: number; readonly once?: true };

/** `cortensor relay`: hands messages in between chains, as anybody may. */
export function addRelay(program: Command, act: Act): void {
  program
    .command("relay")
    .description("Relay messages between chains: deliver what guards signed, and try again what failed.")
    .option("--links <file>", "the ways to relay (RELAY_LINKS)")
    .option("--as <name>", "name of the key that pays, on each chain", "relay")
    .option("--port <port>", "port of health and metrics (default 8670)", parsePort)
    .option("--once", "look once, do what is due, and end")
    .addHelpText("after", help())
    .action((options: RelayOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => relay(context, options)),
    );
}

async function relay(context: CommandContext, options: RelayOptions): Promise<void> {
  const { output, shutdown } = context;
  const config: RelayerConfig = loadConfig(relayerConfig, await settingsOf(context, options));
  const log = context.log("relay");
  const metrics = createMetrics({ withProcess: true });
  const spent = { gasUsed: 0n, feeWei: 0n, messages: 0 };
  const onDone = ({ link, kind, ids, gasUsed, feeWei }: RelayDone): void => {
    spent.gasUsed += gasUsed;
    spent.feeWei += feeWei;
    spent.messages += ids.length;
    const what = `${kind === "deliver" ? "Handed in" : "Tried again"} ${countOf(ids.length, "message")}`;
    output.progress("relay.done", `${what} by ${link}: ${gasUsed} gas, ${feeWei} wei`, {
      link,
      kind,
      ids,
      gasUsed,
      feeWei,
    });
  };
  const ways = parseLinks(await readLinks(config.linksPath));
  const relayer = createRelayer({
    carriers: ways.map((way) => openCarrier(way, { config, log })),
    ...{ pollMs: config.pollMs, clock: systemClock, log, metrics, random: Math.random, onDone },
  });
  shutdown.add("relayer", () => relayer.stop());
  if (options.once === true) {
    await relayer.look();
    const { reasons } = relayer.health();
    output.result([`${countOf(spent.messages, "message")}, ${spent.gasUsed} gas, ${spent.feeWei} wei.`, ...reasons], {
      ...spent,
      reasons,
    });
    return;
  }
  const server = createHealthServer({ health: () => relayer.health(), metrics });
  shutdown.add("HTTP server", () => server.close());
  const { origin: url } = new URL(await server.listen({ host: config.host, port: config.port }));
  relayer.start();
  reportToParent({ kind: "ready", data: { url } });
  output.progress("relay.ready", `Relays ${countOf(ways.length, "way")}; health and metrics on ${url}`, { url });
  await untilStopped(shutdown);
}

function openCarrier(way: WayPlace, { config, log }: { readonly config: RelayerConfig; readonly log: Logger }) {
  const { finalityBlocks } = config;
  const link = { src: openLinkEnd(way.src, logRpcs(log)), dst: openLinkEnd(way.dst, logRpcs(log)) };
  const { client, chainId } = link.dst;
  const sender = createSender({ client, chainId, privateKey: config.key.expose() });
  return createQuorumCarrier({ book: new LinkBook({ link, finalityBlocks, log }), sender, finalityBlocks });
}

/** The environment, with what the command line says; a key of the home unless one is given. */
async function settingsOf(context: CommandContext, options: RelayOptions): Promise<Env> {
  const { env } = context;
  const flags: Env = {
    ...env,
    ...(options.links === undefined ? {} : { RELAY_LINKS: options.links }),
    ...(options.port === undefined ? {} : { RELAY_PORT: String(options.port) }),
  };
  if (env.RELAY_KEY !== undefined) return flags;
  const { key } = await context.keystore({ mayGenerate: false }).openOrCreate(options.as);
  return { ...flags, RELAY_KEY: key.expose() };
}

async function readLinks(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: "can't be read" }, { cause });
  });
}

function help(): string {
  return `
A relayer has no right that others lack: it pays gas, and that is all that it can do. Run as many as you like; any may die.
Settings from the environment:
${formatConfigHelp(relayerConfig)
  .map((line) => `  ${line}`)
  .join("\n")}

Examples:
  $ cortensor relay --links links.json
  $ cortensor relay --links links.json --once --json`;
}
