import { join } from "node:path";
import { createChainWriter, formatProfile } from "@cortensor/chain";
import { type MinerConfig, minerConfig } from "@cortensor/node";
import { formatConfigHelp, loadConfig } from "@cortensor/runtime";
import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, Env, GlobalOptions } from "../commandContext.js";
import { ensureStake } from "../enrolNode.js";
import { ensureFunds, isLocalNetwork } from "../faucet.js";
import { writeFileWhole } from "../home/writeFileWhole.js";
import type { Act } from "../main.js";
import { formatCor, parseCor } from "../money.js";
import { findNetwork } from "../networkAccess.js";
import { parsePort, wholeNumber } from "../parseArgument.js";
import { reportToParent } from "../reportToParent.js";
import { type OpenEngineParts, type OpenedEngine, openEngine, type ScriptedPace } from "../roles/openEngine.js";
import type { JoinedMiner } from "../roles/openPlanter.js";
import { runMiner } from "../roles/runMiner.js";
import { scriptedOption } from "../scriptedOption.js";
import { toWireUrl } from "../toWireUrl.js";
import { untilStopped } from "../untilStopped.js";

export type MinerOptions = {
  readonly network?: string;
  readonly router?: string;
  readonly as: string;
  readonly stake: string;
  readonly model?: string;
  readonly sha256?: string;
  readonly name?: string;
  readonly upstream?: string;
  readonly scripted?: ScriptedPace;
  readonly slots?: number;
  readonly context?: number;
  readonly metricsPort?: number;
};

/** `cortensor miner`: runs a model for a network, and is paid for it. */
export function addMiner(program: Command, act: Act): void {
  const command = program
    .command("miner")
    .description("Run a model for a network. Needs no open port: the miner connects to its routers.");
  addMinerOptions(command, "miner")
    .option("--upstream <url>", "serve an OpenAI-compatible server's model instead: needs --name")
    .addOption(scriptedOption("no model: say the last message back"))
    .addHelpText("after", help())
    .action((options: MinerOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => runMinerCommand(context, options, openEngine)),
    );
}

/** What every miner is told, an adversary too. */
export function addMinerOptions(command: Command, as: string): Command {
  return command
    .option("--network <file|url>", "a profile file, or any router's address (default: the network in --home)")
    .option("--router <urls>", "wire addresses of routers, comma-separated (default: the one given as --network)")
    .option("--as <name>", "name of the miner's keys", as)
    .option("--stake <cor>", "stake to have, in COR", "1000")
    .option("--model <source>", "GGUF path, URL or owner/repo/file.gguf (default: the embedded model)")
    .option("--sha256 <hash>", "expected hash of that file")
    .option("--name <name>", "name that clients use for the model")
    .option("--slots <count>", "sequences to run at once", wholeNumber(1, 64))
    .option("--context <tokens>", "context of each sequence", wholeNumber(64, 1_048_576))
    .option(
      "--metrics-port <port>",
      "serve /health, /ready and /metrics on this port of this machine alone",
      parsePort,
    );
}

/** Joins a network with the engine that is opened, starts what stands beside the miner, and serves until the end. */
export async function runMinerCommand(
  context: CommandContext,
  options: MinerOptions,
  open: (parts: OpenEngineParts) => Promise<OpenedEngine>,
  openBeside: (joined: JoinedMiner) => Promise<void> = async () => undefined,
): Promise<void> {
  const { env, output, paths, shutdown } = context;
  const isGivenKey = env.MINER_SIGNER_KEY !== undefined;
  const configured = isGivenKey ? loadConfig(minerConfig, env) : enrol(context, options);
  const { context: contextTokens, network: _network, router: _router, as: _as, stake: _stake, ...rest } = options;
  const { metricsPort, ...choice } = rest;
  const [found, opened] = await Promise.all([
    configured,
    open({
      choice: { ...choice, ...(contextTokens === undefined ? {} : { contextTokens }) },
      modelsFolder: paths.models,
      output,
      signal: shutdown.signal,
    }),
  ]);
  const config = metricsPort === undefined ? found : { ...found, metricsPort };
  const { address, metricsUrl, registered, ...running } = await runMiner({
    ...{ config, opened, log: context.log("miner"), shutdown },
  });
  if (registered !== undefined && registered !== "unchanged") {
    output.progress("node.registered", `Miner ${address} is ${registered}: its keys and its kernel class`, { address });
  }
  const { model, quantisation, tokensPerSecond, kind, kernelClass, canScore } = opened.engine.describe();
  reportToParent({ kind: "ready", data: { address, model, ...(canScore ? { provedClass: kernelClass } : {}) } });
  const speed = tokensPerSecond.toFixed(0);
  output.progress("miner.ready", `Miner ${address} serves ${model} (${kind}, ${quantisation}, ${speed} tokens/s)`, {
    address,
    model,
    quantisation,
    tokensPerSecond,
    ...(metricsUrl === undefined ? {} : { metricsUrl }),
  });
  const { nowSeconds, metrics } = running;
  const { network } = options;
  await openBeside({ config, address, model, nowSeconds, metrics, ...(network === undefined ? {} : { network }) });
  const gone = await Promise.race([opened.gone, untilStopped(shutdown)]);
  if (gone !== undefined && !shutdown.signal.aborted) throw gone;
}

/** Makes keys, funds them where a faucet can, and stakes. The miner registers itself when its engine has said what it is. */
async function enrol(context: CommandContext, options: MinerOptions): Promise<MinerConfig> {
  const { env, paths, output } = context;
  const { profile, routerUrl } = await findNetwork(context, options.network);
  const routers = options.router ?? env.MINER_ROUTERS ?? (routerUrl === undefined ? undefined : toWireUrl(routerUrl));
  if (routers === undefined) {
    const hint = "name a router with --router ws://<host>:<port>/wire";
    throw new CliError({ code: "CLI_NO_NETWORK", hint });
  }
  const keystore = context.keystore({ mayGenerate: isLocalNetwork(profile) });
  const operator = await keystore.openOrCreate(`${options.as}-operator`);
  const signer = await keystore.openOrCreate(options.as);
  const sealing = await keystore.openOrCreateSealing(`${options.as}-sealing`);
  output.progress(
    "keys.ready",
    `Keys of operator ${operator.address} and miner ${signer.address} lie in ${paths.keys}`,
    {
      custody: "self",
      operator: operator.address,
      miner: signer.address,
    },
  );
  const stakeWei = parseCor(options.stake);
  const gas = "gas, for signs of life, network tasks and the session queue";
  await ensureFunds(profile, { to: operator.address, homeCorWei: stakeWei, what: `${formatCor(stakeWei)} and gas` });
  await ensureFunds(profile, { to: signer.address, corWei: 0n, what: gas });
  await ensureStake(createChainWriter({ profile, privateKey: operator.key.expose() }), { stakeWei });
  output.progress("node.staked", `Operator ${operator.address} has ${formatCor(stakeWei)} at stake`);
  const folder = join(paths.home, "miners", profile.name);
  const profilePath = join(folder, "network.json");
  await writeFileWhole(profilePath, formatProfile(profile));
  const found: Env = {
    ...env,
    MINER_PROFILE: profilePath,
    MINER_SIGNER_KEY: signer.key.expose(),
    MINER_SEALING_KEY: sealing.key.expose(),
    MINER_OPERATOR_KEY: operator.key.expose(),
    MINER_ROUTERS: routers,
    MINER_OUTBOX: env.MINER_OUTBOX ?? join(folder, "outbox", `${profile.t0}-${signer.name}`),
  };
  return loadConfig(minerConfig, found);
}

function help(): string {
  return `
Joining makes three keys (the operator's, which owns and stakes; the miner's, which signs and is credited; its sealing key, to which others
seal), funds them on a local network, stakes and registers. Then a verifier's challenge makes it a verified miner, which gets work.
Settings from the environment:
${formatConfigHelp(minerConfig)
  .map((line) => `  ${line}`)
  .join("\n")}

Examples:
  $ cortensor miner --network http://10.0.0.5:8080
  $ cortensor miner --network http://10.0.0.5:8080 --model Qwen/Qwen2.5-0.5B-Instruct-GGUF/qwen2.5-0.5b-instruct-q8_0.gguf
  $ cortensor miner --network http://10.0.0.5:8080 --metrics-port 9464
  $ cortensor miner --network http://10.0.0.5:8080 --upstream http://127.0.0.1:11434/v1 --name llama3`;
}
