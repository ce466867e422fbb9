import { readFile, stat } from "node:fs/promises";
import { createChainReader, type NetworkProfile, readHead } from "@cortensor/chain";
import {
  type Bytes32,
  cutOffOf,
  gapOf,
  type RankedNode,
  type VirtualBlock,
  virtualBlockHash,
} from "@cortensor/protocol";
import type { Command } from "commander";
import { type AuditedRoot, auditEpoch } from "../audit/auditEpoch.js";
import { auditRanking } from "../audit/auditRanking.js";
import { auditVblock } from "../audit/auditVblock.js";
import { type AuditedVerdict, auditVerdict, type FoundEpoch } from "../audit/auditVerdict.js";
import { conclude } from "../audit/conclude.js";
import { openSets } from "../audit/readSets.js";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { countOf } from "../countOf.js";
import type { Act } from "../main.js";
import { formatCor } from "../money.js";
import { findNetwork } from "../networkAccess.js";
import { parseHash, wholeNumber } from "../parseArgument.js";

type RecordOptions = { readonly network?: string; readonly sets?: string };
type VblockOptions = RecordOptions & { readonly block?: string };

/** Its head, its chains and its attestations, each as many as may be, are less. */
const VBLOCK_BYTES_MAX = 65_536;

const EPOCH_MAX = 2 ** 32;
const parseEpoch = wholeNumber(0, EPOCH_MAX);

/** `cortensor audit epoch|vblock|ranking|verdict`: what guards and validators say, from public data; what isn't published is named. */
export function addRecordAudits(audit: Command, act: Act): void {
  const withArgument = <Value>(of: {
    readonly name: string;
    readonly description: string;
    readonly argument: readonly [name: string, says: string];
    readonly parse: (text: string) => Value;
    readonly example: string;
    readonly show: (context: CommandContext, value: Value, options: VblockOptions) => Promise<void>;
  }): Command =>
    audit
      .command(of.name)
      .description(of.description)
      .argument(`<${of.argument[0]}>`, of.argument[1], of.parse)
      .option("--network <file|url>", "the network's profile (default: the one in --home)")
      .option("--sets <folder|url>", "where the sets are: a folder, or a router (default: `settlements` in --home)")
      .addHelpText("after", `\nExample:\n  $ cortensor audit ${of.name} ${of.example}`)
      .action((value: Value, options: VblockOptions, self: Command) =>
        act(self.optsWithGlobals<GlobalOptions>(), (context) => of.show(context, value, options)),
      );
  withArgument({
    name: "epoch",
    description: "Compute every root of an epoch and its next beacon, and compare them with what guards posted.",
    argument: ["epoch", "an epoch whose records are complete"],
    parse: parseEpoch,
    example: "40 --sets ./settlements --json",
    show: showEpoch,
  });
  withArgument({
    name: "vblock",
    description: "Make an epoch's virtual block again, from the first one on; compare it with a copy.",
    argument: ["epoch", "an epoch whose checkpoint was posted"],
    parse: parseEpoch,
    example: "40 --sets ./settlements --block block-40.bin",
    show: showVblock,
  }).option("--block <file>", "what somebody shows as this virtual block");
  withArgument({
    name: "ranking",
    description: "Rank miners as an epoch's records leave them: level, reputation, delivered tasks, seniority.",
    argument: ["epoch", "an epoch whose records are complete"],
    parse: parseEpoch,
    example: "40 --sets ./settlements --json",
    show: showRanking,
  });
  withArgument({
    name: "verdict",
    description: "Say what was found of a task: where it was settled, who had to check it, and what they said.",
    argument: ["task", "the task's id, as its receipt has it"],
    parse: parseHash,
    example: "0x… --sets https://router.example:8640",
    show: showVerdict,
  });
}

/** Where an audit's records come from. */
type Sources = {
  readonly profile: NetworkProfile;
  readonly readSet: ReturnType<typeof openSets>;
  readonly signal: AbortSignal;
};

async function openSources(context: CommandContext, options: RecordOptions): Promise<Sources> {
  const { profile } = await findNetwork(context, options.network);
  const { signal } = context.shutdown;
  return { profile, readSet: openSets(options.sets ?? context.paths.settlements, signal), signal };
}

async function showEpoch(context: CommandContext, epoch: number, options: RecordOptions): Promise<void> {
  const { profile, readSet, signal } = await openSources(context, options);
  await requireComplete(profile, epoch);
  const { roots, differences, missing } = await auditEpoch(profile, { epoch, readSet, signal });
  const lines = roots.map((root) => formatRoot(root, epoch));
  conclude(context, { lines, data: { epoch, roots }, differences, missing });
}

async function showVblock(context: CommandContext, epoch: number, options: VblockOptions): Promise<void> {
  const { profile, readSet, signal } = await openSources(context, options);
  await requireComplete(profile, epoch);
  const shown = options.block === undefined ? undefined : await readVblockFile(options.block);
  const { block, differences, missing } = await auditVblock(profile, {
    epoch,
    readSet,
    signal,
    ...(shown && { shown }),
  });
  const data = block === undefined ? { epoch } : { epoch, hash: virtualBlockHash(block), block };
  conclude(context, { lines: block === undefined ? [] : formatVblock(block), data, differences, missing });
}

async function showRanking(context: CommandContext, epoch: number, options: RecordOptions): Promise<void> {
  const { profile, readSet, signal } = await openSources(context, options);
  await requireComplete(profile, epoch);
  const { ranking, differences, missing } = await auditRanking(profile, { epoch, readSet, signal });
  const lines = [`${countOf(ranking.length, "miner")} after epoch ${epoch}.`, ...ranking.map(formatRanked)];
  conclude(context, { lines, data: { epoch, ranking }, differences, missing });
}

async function showVerdict(context: CommandContext, taskId: Bytes32, options: RecordOptions): Promise<void> {
  const { profile, readSet } = await openSources(context, options);
  const { id, task, differences, missing } = await auditVerdict(profile, { taskId, readSet });
  conclude(context, { lines: formatTask(task), data: { taskId, id, ...(task && { task }) }, differences, missing });
}

/** Records of an epoch that still come would make another ranking in a moment. */
async function requireComplete(profile: NetworkProfile, epoch: number): Promise<void> {
  const { timestamp } = await readHead(createChainReader({ profile }));
  if (timestamp >= cutOffOf(profile, epoch)) return;
  throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "epoch", expected: "an epoch after its cut-off" });
}

async function readVblockFile(file: string): Promise<Uint8Array> {
  const fail = (problem: string, cause?: unknown) => new CliError({ code: "CLI_BAD_FILE", file, problem }, { cause });
  const { size } = await stat(file).catch((cause: unknown) => {
    throw fail("can't be read", cause);
  });
  if (size > VBLOCK_BYTES_MAX) throw fail("is larger than any virtual block");
  return readFile(file);
}

function formatRoot({ kind, fromEpoch, leaves, root, state }: AuditedRoot, epoch: number): string {
  const epochs = fromEpoch === epoch ? `epoch ${epoch}` : `epochs ${fromEpoch} to ${epoch}`;
  const said = { posted: "posted", open: "may still be posted", gap: "not posted: the next root covers it" }[state];
  if (root === undefined || leaves === undefined) return `${kind} of ${epochs}: not computed; ${said}`;
  return `${kind} of ${epochs}: ${root}, ${countOf(leaves, "record")}; ${said}`;
}

function formatVblock(block: VirtualBlock): readonly string[] {
  const { epoch, tasksOpened, tasksClosed, dutyCount, chains, attestations } = block;
  const gap = gapOf(block);
  const counted = [countOf(tasksOpened, "task"), countOf(tasksClosed, "task"), countOf(attestations.length, "root")];
  return [
    `Virtual block of epoch ${epoch}: ${virtualBlockHash(block)}`,
    ...(gap === undefined ? [] : [`Covers epochs ${gap.from} to ${gap.to}, which have none of their own`]),
    `${counted[0]} began, ${counted[1]} ended, ${counted[2]} posted; duties: ${dutyCount}`,
    ...chains.map(({ chainId, fromBlock, toBlock }) => `Chain ${chainId}: blocks ${fromBlock} to ${toBlock}`),
  ];
}

function formatRanked({ rank, node, level, reputationPpm, delivered, levelSinceSeconds }: RankedNode): string {
  const reputation = (reputationPpm / 1_000_000).toFixed(6);
  const since = new Date(levelSinceSeconds * 1_000).toISOString();
  return `${rank}. ${node}: level ${level} since ${since}, reputation ${reputation}, ${countOf(delivered, "task")}`;
}

function formatTask(task: AuditedVerdict["task"]): readonly string[] {
  if (task === undefined) return [];
  const { settlementId, lane, blockNumber, epoch, resultsRoot, entry, times, found } = task;
  const [from, before] = [times.shownFrom, times.shownBefore].map((at) => new Date(at * 1_000).toISOString());
  return [
    `Settled by ${lane} in block ${blockNumber}, settlement ${settlementId}: ${formatCor(entry.feeWei)}`,
    ...entry.payees.map(({ payee, netWei }) => `  ${payee} has ${formatCor(netWei)}`),
    `Results root of epoch ${epoch}: ${resultsRoot ?? "none"}`,
    `In the records of epoch ${epoch}; secrets and verdicts are shown from ${from}, before ${before}`,
    ...(found === undefined ? [] : formatFound(found)),
  ];
}

function formatFound({ duties, finding, silent, tallies }: FoundEpoch): readonly string[] {
  return [
    `Drawn for ${countOf(duties.length, "validator")}; the first tier says: ${finding ?? "nothing yet"}`,
    ...duties.map(({ validator, outcome }) => `  ${validator}: ${outcome ?? "missed"}`),
    ...silent.map((validator) => `  ${validator} kept its secret: what it had to check nobody knows`),
    ...tallies.map(
      ({ validator, drawn, missed, paid }) =>
        `  of the epoch's duties ${validator} drew ${drawn}, missed ${missed}, is to be paid for ${paid}`,
    ),
  ];
}
