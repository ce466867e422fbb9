import type { EpochView, RootView, ShownVirtualBlock } from "@cortensor/api";
import { gapOf } from "@cortensor/protocol";
import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { countOf } from "../countOf.js";
import { formatEpoch } from "../guards/formatEpoch.js";
import { openEpochs } from "../guards/openEpochs.js";
import type { Act } from "../main.js";
import { wholeNumber } from "../parseArgument.js";

type EpochsOptions = { readonly network?: string };

const EPOCH_MAX = 2 ** 32;

/** `cortensor epochs`: what guards posted of the last epochs, and their virtual blocks. */
export function addEpochs(program: Command, act: Act): void {
  const epochs = program.command("epochs").description("Show what guards attested: from the chain, and from guards.");
  epochs
    .command("list")
    .description("List the last epochs: their roots with the sizes of their quorums, their beacons, and gaps.")
    .option("--network <file|url>", "the network (default: the one in --home)")
    .addHelpText("after", "\nExample:\n  $ cortensor epochs list --json")
    .action((options: EpochsOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => list(context, options)),
    );
  epochs
    .command("show")
    .description("Show one of them: each root with its transaction, and the virtual block as guards show it.")
    .argument("<epoch>", "one of the epochs that `list` lists", wholeNumber(0, EPOCH_MAX))
    .option("--network <file|url>", "the network (default: the one in --home)")
    .addHelpText("after", "\nExample:\n  $ cortensor epochs show 40")
    .action((epoch: number, options: EpochsOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => show(context, { ...options, epoch })),
    );
}

async function list(context: CommandContext, options: EpochsOptions): Promise<void> {
  const { epoch, epochs } = await (await openEpochs(context, options)).overview();
  const lines = epochs.length === 0 ? [`Epoch ${epoch} is the first.`] : epochs.map(formatEpoch);
  context.output.result(lines, { epoch, epochs });
}

async function show(context: CommandContext, options: EpochsOptions & { readonly epoch: number }): Promise<void> {
  const desk = await openEpochs(context, options);
  const { epochs } = await desk.overview();
  const found = epochs.find(({ epoch }) => epoch === options.epoch);
  if (found === undefined) {
    const expected = `an epoch that is over, one of the last ${epochs.length}`;
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "epoch", expected });
  }
  const virtualBlock = await desk.findVirtualBlock(found.epoch);
  const lines = [
    formatEpoch(found),
    ...found.roots.map((root) => formatRoot(root, found)),
    ...(virtualBlock === undefined ? ["Virtual block: none that a guard shows"] : formatBlock(virtualBlock)),
  ];
  context.output.result(lines, { ...found, ...(virtualBlock && { virtualBlock }) });
}

function formatRoot({ kind, root, signatures, txHash }: RootView, { guards }: EpochView): string {
  return `  ${kind} ${root}, ${signatures ?? "?"} of ${guards} signatures, transaction ${txHash}`;
}

function formatBlock({ block, hash, shownBy }: ShownVirtualBlock): readonly string[] {
  const { tasksOpened, tasksClosed, dutyCount, chains } = block;
  const gap = gapOf(block);
  const counted = [`${countOf(tasksOpened, "task")} began`, `${tasksClosed} ended`, `duties: ${dutyCount}`];
  return [
    `Virtual block ${hash}, shown by ${countOf(shownBy.length, "guard")}`,
    ...(gap === undefined ? [] : [`  Covers epochs ${gap.from} to ${gap.to}, which have none of their own`]),
    `  ${counted.join(", ")}`,
    ...chains.map(({ chainId, fromBlock, toBlock }) => `  Chain ${chainId}: blocks ${fromBlock} to ${toBlock}`),
  ];
}
