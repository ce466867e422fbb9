import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
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
import { type AuditedDuties, auditDuties } from "../audit/auditDuties.js";
import { type AuditedRoot, auditEpoch } from "../audit/auditEpoch.js";
import { auditRanking } from "../audit/auditRanking.js";
import { auditVblock } from "../audit/auditVblock.js";
import { type AuditedVerdict, auditVerdict, type FoundEpoch } from "../audit/auditVerdict.js";
import { conclude } from "../audit/conclude.js";
import { auditEach, type EpochRange, parseEpochs } from "../audit/epochRange.js";
import { openPublicData, type PublicData } from "../audit/publicData.js";
import { openSets, openVerdicts } from "../audit/readSets.js";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { countOf } from "../countOf.js";
import type { Act } from "../main.js";
import { formatCor } from "../money.js";
import { findNetwork } from "../networkAccess.js";
import { parseHash } from "../parseArgument.js";

type RecordOptions = { readonly network?: string; readonly sets?: string };
type VblockOptions = RecordOptions & { readonly block?: string };
type VerdictOptions = RecordOptions & { readonly verdicts?: string };

/** Its head, its chains and its attestations, each as many as may be, are less. */
const VBLOCK_BYTES_MAX = 65_536;

/** `cortensor audit epoch|vblock|ranking|verdict`: what guards and validators say, from public data; what isn't published is named. */
export function addRecordAudits(audit: Command, act: Act): void {
  const withArgument = <Value>(of: {
    readonly name: string;
    readonly description: string;
    readonly argument: readonly [name: string, says: string];
    readonly parse: (text: string) => Value;
    readonly example: string;
    readonly show: (context: CommandContext, value: Value, options: VblockOptions & VerdictOptions) => Promise<void>;
  }): Command =>
    audit
      .command(of.name)
      .description(of.description)
      .argument(`<${of.argument[0]}>`, of.argument[1], of.parse)
      .option("--network <file|url>", "the network's profile (default: the one in --home)")
      .option(
        "--sets <folder|url>",
        "where the sets are: a folder, a router, or peers:<endpoint>,… (default: `settlements` in --home)",
      )
      .addHelpText("after", `\nExample:\n  $ cortensor audit ${of.name} ${of.example}`)
      .action((value: Value, options: VblockOptions & VerdictOptions, self: Command) =>
        act(self.optsWithGlobals<GlobalOptions>(), (context) => of.show(context, value, options)),
      );
  withArgument({
    name: "epoch",
    description: "Compute every root of an epoch and its next beacon, and compare them with what guards posted.",
    argument: ["epochs", "an epoch whose records are complete, or several: 0..49"],
    parse: parseEpochs,
    example: "40 --sets ./settlements --json",
    show: showEpochs,
  });
  withArgument({
    name: "vblock",
    description: "Make an epoch's virtual block again, from the first one on; compare it with a copy.",
    argument: ["epochs", "an epoch whose checkpoint was posted, or several: 0..49"],
    parse: parseEpochs,
    example: "40 --sets ./settlements --block block-40.bin",
    show: showVblocks,
  }).option("--block <path>", "what somebody shows as this virtual block; of several epochs a folder of `<epoch>.bin`");
  withArgument({
    name: "ranking",
    description: "Rank miners as an epoch's records leave them: level, reputation, delivered tasks, seniority.",
    argument: ["epochs", "an epoch whose records are complete, or several: 0..49"],
    parse: parseEpochs,
    example: "40 --sets ./settlements --json",
    show: showRankings,
  });
  withArgument({
    name: "verdict",
    description:
      "Say what was found of a task: where it was settled, who had to check it, and what they said; or of whole epochs.",
    argument: ["task", "the task's id, as its receipt has it, or epochs: 40, or 0..49"],
    parse: (text) => (text.startsWith("0x") ? parseHash(text) : parseEpochs(text)),
    example: "0x… --sets https://router.example:8640",
    show: (context, of, options) =>
      typeof of === "string" ? showVerdict(context, of, options) : showDuties(context, of, options),
  }).option("--verdicts <folder|url>", "compare documents of verdicts with what was shown: a folder, or a guard");
}

async function openData(context: CommandContext, options: RecordOptions): Promise<PublicData> {
  const { profile } = await findNetwork(context, options.network);
  const { signal } = context.shutdown;
  return openPublicData(profile, { readSet: openSets(options.sets ?? context.paths.settlements, signal), signal });
}

/** Says of each epoch that it was audited, where there are several. */
function teller({ output }: CommandContext, { from, to }: EpochRange): (epoch: number) => void {
  return (epoch) => {
    if (to > from) output.progress("audit.epoch", `Audited epoch ${epoch}, up to ${to}`, { epoch, to });
  };
}

async function showEpochs(context: CommandContext, range: EpochRange, options: RecordOptions): Promise<void> {
  const data = await openData(context, options);
  await requireComplete(data.profile, range.to);
  const audit = (epoch: number) => auditEpoch(data, epoch);
  const { each, differences, missing } = await auditEach(range, { audit, onDone: teller(context, range) });
  const lines = each.flatMap(({ epoch, audited: { roots, dutyPay = [] } }) => [
    ...roots.map((root) => formatRoot(root, epoch)),
    ...dutyPay.map(({ validator, earnedWei }) => `  ${validator} has earned ${formatCor(earnedWei)} by epoch ${epoch}`),
  ]);
  const epochs = each.map(({ epoch, audited: { roots, dutyPay } }) => ({ epoch, roots, ...(dutyPay && { dutyPay }) }));
  conclude(context, { lines, data: dataOf(range, epochs), differences, missing });
}

async function showVblocks(context: CommandContext, range: EpochRange, options: VblockOptions): Promise<void> {
  const data = await openData(context, options);
  await requireComplete(data.profile, range.to);
  const audit = async (epoch: number) => {
    const shown = options.block === undefined ? undefined : await readVblock(options.block, { range, epoch });
    const audited = await auditVblock(data, { epoch, ...(shown && { shown }) });
    if (options.block === undefined || shown !== undefined || audited.block === undefined) return audited;
    const uncompared = { what: `a copy of the virtual block of epoch ${epoch}`, why: "the folder has none" };
    return { ...audited, missing: [...audited.missing, uncompared] };
  };
  const { each, differences, missing } = await auditEach(range, { audit, onDone: teller(context, range) });
  const epochs = each.map(({ epoch, audited: { block } }) =>
    block === undefined ? { epoch } : { epoch, hash: virtualBlockHash(block), block },
  );
  const lines = each.flatMap(({ audited: { block } }) => (block === undefined ? [] : formatVblock(block)));
  conclude(context, { lines, data: dataOf(range, epochs), differences, missing });
}

async function showRankings(context: CommandContext, range: EpochRange, options: RecordOptions): Promise<void> {
  const data = await openData(context, options);
  await requireComplete(data.profile, range.to);
  const audit = (epoch: number) => auditRanking(data, epoch);
  const { each, differences, missing } = await auditEach(range, { audit, onDone: teller(context, range) });
  const epochs = each.map(({ epoch, audited: { ranking } }) => ({ epoch, ranking }));
  const lines = epochs.flatMap(({ epoch, ranking }) => [
    `${countOf(ranking.length, "miner")} after epoch ${epoch}.`,
    ...ranking.map(formatRanked),
  ]);
  conclude(context, { lines, data: dataOf(range, epochs), differences, missing });
}

async function showDuties(context: CommandContext, range: EpochRange, options: VerdictOptions): Promise<void> {
  const data = await openData(context, options);
  await requireComplete(data.profile, range.to);
  const readDocument = options.verdicts === undefined ? undefined : openVerdicts(options.verdicts, data.signal);
  const audit = (epoch: number) => auditDuties(data, { epoch, ...(readDocument && { readDocument }) });
  const { each, differences, missing } = await auditEach(range, { audit, onDone: teller(context, range) });
  const epochs = each.map(({ epoch, audited: { differences: _, missing: __, ...found } }) => ({ epoch, ...found }));
  conclude(context, { lines: epochs.map(formatDuties), data: dataOf(range, epochs), differences, missing });
}

async function showVerdict(context: CommandContext, taskId: Bytes32, options: RecordOptions): Promise<void> {
  const { id, task, differences, missing } = await auditVerdict(await openData(context, options), taskId);
  conclude(context, { lines: formatTask(task), data: { taskId, id, ...(task && { task }) }, differences, missing });
}

/** Of one epoch what is known of it, of several a list. */
function dataOf({ from, to }: EpochRange, epochs: readonly Readonly<Record<string, unknown>>[]) {
  return from === to ? { ...epochs[0] } : { epochs };
}

/** Undefined for an epoch of which a folder has none. */
async function readVblock(
  path: string,
  { range, epoch }: { readonly range: EpochRange; readonly epoch: number },
): Promise<Uint8Array | undefined> {
  if (range.from === range.to) return readVblockFile(path);
  const file = join(path, `${epoch}.bin`);
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  return isThere ? readVblockFile(file) : undefined;
}

/** Records of an epoch that still come would make another ranking in a moment. */
async function requireComplete(profile: NetworkProfile, epoch: number): Promise<void> {
  const { timestamp } = await readHead(createChainReader({ profile }));
  if (timestamp >= cutOffOf(profile, epoch)) return;
  throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "epochs", expected: "an epoch after its cut-off" });
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

function formatDuties(of: { readonly epoch: number } & Omit<AuditedDuties, "differences" | "missing">): string {
  const { epoch, tasks, drawn, done, silent, documents } = of;
  const counted = [countOf(tasks, "task"), countOf(documents, "document")];
  return `Epoch ${epoch}: ${counted[0]}, ${drawn} duties, ${done} done, ${counted[1]} compared, ${silent.length} silent`;
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

function passedPlants(count: number): string {
  return count === 0 ? "" : `passed ${countOf(count, "planted result")}, `;
}

function accusedTasks(count: number): string {
  return count === 0 ? "" : `, and for ${count} that it says are wrong if a dispute bears it out`;
}

function formatFound({ duties, finding, planter, silent, tallies }: FoundEpoch): readonly string[] {
  return [
    `Drawn for ${countOf(duties.length, "validator")}; the first tier says: ${finding ?? "nothing yet"}`,
    ...duties.map(({ validator, outcome }) => `  ${validator}: ${outcome ?? "missed"}`),
    ...silent.map((validator) => `  ${validator} kept its secret: what it had to check nobody knows`),
    ...(planter === undefined ? [] : [`Planted by ${planter}: whoever passed it is paid nothing of the epoch.`]),
    ...tallies.map(
      ({ validator, drawn, missed, paid, accused, missedPlants }) =>
        `  of the epoch's duties ${validator} drew ${drawn}, missed ${missed}, ${passedPlants(missedPlants.length)}is to be paid for ${paid}${accusedTasks(accused.length)}`,
    ),
  ];
}
