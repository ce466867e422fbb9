import {
  ChainError,
  type DeployedLayers,
  deployLayers,
  formatJournal,
  formatLayerProfile,
  missingOf,
  parseJournal,
  planHashOf,
  unbuiltOf,
} from "@cortensor/chain";
import { type Hex, hasCode } from "@cortensor/protocol";
import { lockFolder } from "@cortensor/runtime";
import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { type DeployPlace, findDeployPlace } from "../deploy/deployPlace.js";
import { readFileIfThere, writeFileWhole } from "../home/writeFileWhole.js";
import type { Act } from "../main.js";
import { FAUCET_KEY } from "../startChain.js";

type DeployOptions = { readonly profile: string; readonly as?: string; readonly partial?: boolean };

/** `cortensor deploy`: the contracts of a profile, each once, however often the deployer dies. */
export function addDeploy(program: Command, act: Act): void {
  program
    .command("deploy")
    .description("Deploy a network's contracts by its profile, or go on where an earlier run ended.")
    .requiredOption("--profile <name|file>", "single, local, superchain, arbitrum, or a file, which gets the addresses")
    .option("--as <name>", "the deployer's key in the keystore (default: the faucet's, where all chains are local)")
    .option("--partial", "of a profile that can't be deployed whole, deploy what can be")
    .addHelpText("after", "\nExample:\n  $ cortensor deploy --profile single --json")
    .action((options: DeployOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => deploy(context, options)),
    );
}

async function deploy(context: CommandContext, options: DeployOptions): Promise<void> {
  const isPartial = options.partial === true;
  const { folder, profile } = await findDeployPlace(context.paths.home, options.profile);
  // Before a key is asked for: what isn't built is nobody's key's fault.
  const missing = missingOf(profile);
  if (missing.length > 0 && !isPartial)
    throw new ChainError({ code: "CHAIN_INCOMPLETE", profile: profile.name, missing });
  const lock = await takePlace(folder);
  context.shutdown.add("deployment", () => lock.release());
  // Read under the lock: another deployer may have just written it.
  const place = await findDeployPlace(context.paths.home, options.profile);
  const privateKey = await deployerKey(context, place, options.as);
  const done = await run(context, { place, privateKey, isPartial });
  await writeFileWhole(place.file, formatLayerProfile(done.profile));
  show(context, place, done);
}

async function takePlace(folder: string): Promise<{ release(): Promise<void> }> {
  try {
    return await lockFolder(folder);
  } catch (error) {
    if (!hasCode(error, "RUNTIME_FOLDER_LOCKED")) throw error;
    const pid = "pid" in error.data && typeof error.data.pid === "number" ? error.data.pid : 0;
    const hint = "another deployer is at work on this profile. Let it end";
    throw new CliError({ code: "CLI_ALREADY_RUNNING", home: folder, pid, hint }, { cause: error });
  }
}

/** Play money's deployer is the faucet; any other is named. */
async function deployerKey(context: CommandContext, { profile }: DeployPlace, as: string | undefined): Promise<Hex> {
  const isLocal = Object.values(profile.chains).every(({ kind }) => kind === "anvil");
  if (as === undefined && isLocal) return FAUCET_KEY;
  if (as === undefined)
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--as", expected: "the deployer's key in the keystore" });
  return (await context.keystore({ mayGenerate: false }).open(as)).key.expose();
}

async function run(
  { env, output }: CommandContext,
  request: { readonly place: DeployPlace; readonly privateKey: Hex; readonly isPartial: boolean },
): Promise<DeployedLayers> {
  const { place, privateKey, isPartial } = request;
  const { profile } = place;
  const text = await readFileIfThere(place.journal);
  const journal = text === undefined ? undefined : parseJournal(text, { planHash: planHashOf(profile), privateKey });
  return deployLayers({
    profile,
    env,
    privateKey,
    isPartial,
    ...(journal && { journal }),
    save: (next) => writeFileWhole(place.journal, formatJournal(next, privateKey)),
    onStep: ({ chain, name, address, kind, index, count, codeHash }) =>
      output.progress("step", `${chain} ${index}/${count}: ${name} ${kind} at ${address}`, {
        ...{ chain, contract: name, address, kind, index, count },
        ...(codeHash && { codeHash }),
      }),
  });
}

function show({ output }: CommandContext, { file }: DeployPlace, { profile, missing }: DeployedLayers): void {
  const isWhole = missing.length === 0;
  const unbuilt = unbuiltOf(profile);
  const lines = [
    isWhole
      ? `Network ${profile.name} is deployed: ${file}`
      : `Network ${profile.name} is deployed in part: ${file}. No node can use it.`,
    ...missing.map((part) => `  missing: ${part}`),
    ...unbuilt.map((part) => `  not built: ${part}`),
  ];
  output.result(lines, { file, network: profile.name, isWhole, missing, unbuilt, deployed: profile.deployed ?? {} });
}
