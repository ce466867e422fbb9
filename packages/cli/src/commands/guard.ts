import { join } from "node:path";
import { createChainWriter, formatProfile } from "@cortensor/chain";
import { type GuardConfig, guardConfig } from "@cortensor/node";
import { formatConfigHelp, loadConfig } from "@cortensor/runtime";
import type { Command } from "commander";
import type { CommandContext, Env, GlobalOptions } from "../commandContext.js";
import { ensureStake } from "../enrolNode.js";
import { ensureFunds, isLocalNetwork } from "../faucet.js";
import { showGuards } from "../guards/showGuards.js";
import { writeFileWhole } from "../home/writeFileWhole.js";
import type { Act } from "../main.js";
import { formatCor, parseCor } from "../money.js";
import { findNetwork } from "../networkAccess.js";
import { parsePort } from "../parseArgument.js";
import { reportToParent } from "../reportToParent.js";
import type { CreateValidator } from "../roles/openValidator.js";
import { runGuard } from "../roles/runGuard.js";
import { untilStopped } from "../untilStopped.js";

export type GuardOptions = {
  readonly network?: string;
  readonly as: string;
  readonly stake: string;
  readonly host?: string;
  readonly port?: number;
  readonly endpoint?: string;
};

/** `cortensor guard`: attests an epoch's roots; `cortensor guard status` shows who does. */
export function addGuard(program: Command, act: Act): void {
  const guard = program
    .command("guard")
    .description("Run a guard: signs each epoch's roots, gathers others' signatures and posts them.")
    .option("--network <file|url>", "a profile file, or any router's address (default: the network in --home)")
    .option("--as <name>", "name of the guard's keys", "guard")
    .option("--stake <cor>", "stake to have, in COR", "1000")
    .option("--host <address>", "address to listen on (default 127.0.0.1)")
    .option("--port <port>", "port to listen on (default 8660)", parsePort)
    .option("--endpoint <url>", "public URL to register on chain")
    .addHelpText("after", help())
    .action((options: GuardOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => runGuardCommand(context, options)),
    );
  guard
    .command("status")
    .description("Show an epoch's guards and the roots that were posted, from the chain alone.")
    .option("--network <file|url>", "the network (default: the one in --home)")
    .addHelpText("after", "\nExample:\n  $ cortensor guard status --json")
    .action((_options: object, self: Command) => {
      // An option that both commands have is the outer one's.
      const options = self.optsWithGlobals<GlobalOptions & Pick<GuardOptions, "network">>();
      return act(options, (context) => showGuards(context, options));
    });
}

/** Joins the guards of a network, and serves until the end. */
export async function runGuardCommand(
  context: CommandContext,
  options: GuardOptions,
  createValidator?: CreateValidator,
): Promise<void> {
  const { env, output, shutdown } = context;
  const flags: Env = {
    ...env,
    ...(options.host === undefined ? {} : { GUARD_HOST: options.host }),
    ...(options.port === undefined ? {} : { GUARD_PORT: String(options.port) }),
    ...(options.endpoint === undefined ? {} : { GUARD_ENDPOINT: options.endpoint }),
  };
  const isGivenKey = env.GUARD_SIGNER_KEY !== undefined;
  const config: GuardConfig = loadConfig(guardConfig, isGivenKey ? flags : await enrol(context, { options, flags }));
  const { address, url, endpoint, isNew } = await runGuard({
    ...{ config, log: context.log("guard"), shutdown, output },
    modelsFolder: context.paths.models,
    ...(createValidator === undefined ? {} : { createValidator }),
  });
  reportToParent({ kind: "ready", data: { address, url } });
  if (isNew) output.progress("guard.joined", `Guard ${address} is in the queue: it counts from the next epoch on`);
  output.progress("guard.ready", `Guard ${address} answers on ${url}`, { address, url, endpoint });
  await untilStopped(shutdown);
}

/** Makes keys, funds them where a faucet can, and stakes. The guard registers itself and joins when it listens. */
async function enrol(
  context: CommandContext,
  { options, flags }: { readonly options: GuardOptions; readonly flags: Env },
): Promise<Env> {
  const { paths, output } = context;
  const { profile } = await findNetwork(context, options.network);
  const keystore = context.keystore({ mayGenerate: isLocalNetwork(profile) });
  const operator = await keystore.openOrCreate(`${options.as}-operator`);
  const signer = await keystore.openOrCreate(options.as);
  const stakeWei = parseCor(options.stake);
  await ensureFunds(profile, {
    to: operator.address,
    corWei: 0n,
    homeCorWei: stakeWei,
    what: `${formatCor(stakeWei)} and gas`,
  });
  await ensureFunds(profile, { to: signer.address, corWei: 0n, what: "gas for attestations" });
  await ensureStake(createChainWriter({ profile, privateKey: operator.key.expose() }), { stakeWei });
  output.progress("node.staked", `Owner ${operator.address} has ${formatCor(stakeWei)} at stake`, {
    operator: operator.address,
    guard: signer.address,
  });
  const folder = join(paths.home, "guards", profile.name);
  const profilePath = join(folder, "network.json");
  await writeFileWhole(profilePath, formatProfile(profile));
  return {
    ...flags,
    GUARD_PROFILE: profilePath,
    GUARD_SIGNER_KEY: signer.key.expose(),
    GUARD_OPERATOR_KEY: operator.key.expose(),
    GUARD_STORE: flags.GUARD_STORE ?? join(folder, "store", `${profile.t0}-${signer.name}`),
  };
}

function help(): string {
  return `
Joining makes two keys (the owner's, which stakes; the guard's, which signs and posts), funds them on a local network, stakes, registers and
asks for a place in the queue. A guard that signs two roots for one epoch loses all of its stake: one key to one process, and keep its store.
Settings from the environment:
${formatConfigHelp(guardConfig)
  .map((line) => `  ${line}`)
  .join("\n")}

Examples:
  $ cortensor guard --network http://10.0.0.5:8080
  $ cortensor guard --network networks/local.json --host 0.0.0.0 --endpoint https://guard.example:8660
  $ cortensor guard status`;
}
