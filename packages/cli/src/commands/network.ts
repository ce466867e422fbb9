import { createChainReader, describeLayers, describeNetwork, type ModuleDescription } from "@cortensor/chain";
import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { findDeployPlace } from "../deploy/deployPlace.js";
import type { Act } from "../main.js";
import { findNetwork } from "../networkAccess.js";

type NetworkOptions = { readonly network?: string; readonly profile?: string };

/** `cortensor network describe`: what a network is made of, and who may change what, as its chain shows it. */
export function addNetwork(program: Command, act: Act): void {
  const network = program.command("network").description("What a network is made of.");
  network
    .command("describe")
    .description("Show every module: address, version, code hash, parameters, bounds, and who may change it.")
    .option("--network <file|url>", "the network, or a deployed profile (default: the one in --home)")
    .option("--profile <name|file>", "of a deployed profile, each of its chains")
    .addHelpText(
      "after",
      "\nExamples:\n  $ cortensor network describe --json\n  $ cortensor network describe --profile local",
    )
    .action((options: NetworkOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) =>
        options.profile === undefined ? describe(context, options) : describeChains(context, options.profile),
      ),
    );
}

async function describeChains(context: CommandContext, named: string): Promise<void> {
  const { profile } = await findDeployPlace(context.paths.home, named);
  const chains = await describeLayers(profile, context.env);
  const lines = chains.flatMap(({ chain, chainId, modules }) => [
    `Chain ${chain}, ${chainId}`,
    ...modules.flatMap(describeLines),
    "",
  ]);
  context.output.result([`Profile ${profile.name} over ${chains.length} chains`, "", ...lines], {
    ...{ name: profile.name, chains },
  });
}

async function describe(context: CommandContext, options: NetworkOptions): Promise<void> {
  const { profile } = await findNetwork(context, options.network);
  if (profile.home !== undefined) {
    const problem = "this network stands on several chains: give --profile <name|file>";
    throw new CliError({ code: "CLI_USAGE", problem });
  }
  const modules = await describeNetwork(createChainReader({ profile }));
  const { name, chainId, epochSeconds, t0 } = profile;
  const head = `Network ${name} on chain ${chainId}: epochs of ${epochSeconds} s since ${t0}`;
  context.output.result([head, ...modules.flatMap(describeLines)], { name, chainId, epochSeconds, t0, modules });
}

function describeLines(one: ModuleDescription): readonly string[] {
  const version = one.version === undefined ? "" : `, version ${one.version}`;
  return [
    "",
    `${one.contract} (${one.module}${version}) ${one.address}`,
    `  code ${one.codeHash}`,
    ...(one.isOutdated ? ["  ! Modules names another address as the latest"] : []),
    one.owner === undefined ? "  owner: nobody" : `  owner: ${one.owner}`,
    ...one.parameters.map(
      ({ name, kind, value, module }) => `  ${kind} ${name} = ${value}${module === undefined ? "" : ` (${module})`}`,
    ),
    ...one.powers.map(
      ({ call, who, account, bound }) =>
        `  ${call} by the ${who}${account === undefined ? "" : ` ${account}`}: ${bound}`,
    ),
  ];
}
