import { type Engine, embeddedModels } from "@cortensor/engine";
import { type Calibration, isLargeEnough, MinerSums } from "@cortensor/proof";
import type { Command } from "commander";
import { type CheckLine, checkTask } from "../check/checkTask.js";
import { publishedCalibration, readCalibration } from "../check/chooseCalibration.js";
import { chooseTasks, TASKS_MAX } from "../check/chooseTasks.js";
import { describeLine, describeVerdict, isFinding } from "../check/describeLine.js";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { countOf } from "../countOf.js";
import type { Act } from "../main.js";
import { findNetwork, openClient } from "../networkAccess.js";
import { wholeNumber } from "../parseArgument.js";
import { openEngine } from "../roles/openEngine.js";

type CheckOptions = {
  readonly last?: number;
  readonly router?: string;
  readonly network?: string;
  readonly calibration?: string;
  readonly model?: string;
  readonly replay?: true;
};

/** `cortensor check`: whether what miners served is what their model says. Trusts no router and no miner. */
export function addCheck(program: Command, act: Act): void {
  program
    .command("check [tasks...]")
    .description("Check answered tasks: fetch receipt and evidence, run the model over them, and judge.")
    .option("--last <n>", "the router's latest tasks instead (needs its auditor token)", wholeNumber(1, TASKS_MAX))
    .option("--router <url>", "where to fetch them (default: the one in --home)")
    .option("--network <file|url>", "the network's profile (default: the one in --home, or the router's)")
    .option(
      "--calibration <file>",
      "thresholds (default: those that come with the embedded model for this kernel class)",
    )
    .option("--model <source>", "GGUF path, URL or owner/repo/file.gguf (default: the embedded model)")
    .option("--replay", "make each answer again too, bit by bit, where the kernel class is this machine's")
    .addHelpText("after", HELP)
    .action((tasks: readonly string[], options: CheckOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => check(context, { tasks, options })),
    );
}

const HELP = `
An API key reads the evidence of the tasks that it asked; the operator's auditor token (CORTENSOR_AUDITOR_TOKEN, or the file in --home) those of all.
Ends with 1 when a task is a fault, suspect or withheld, or a miner's tasks add up to an alarm.

Examples:
  $ cortensor check 0x5a…c1
  $ cortensor check --last 50 --calibration cortensor-5m.calibration.json --replay`;

async function check(
  context: CommandContext,
  { tasks, options }: { readonly tasks: readonly string[]; readonly options: CheckOptions },
): Promise<void> {
  const { output, shutdown, paths } = context;
  const { signal } = shutdown;
  const client = await openClient(context, options);
  const { profile } = await findNetwork(context, options.network ?? options.router);
  const taskIds = await chooseTasks(tasks, async () => client.recentTasks(options.last ?? 1, { signal }));
  output.progress("check.starting", `Starting the model to check ${countOf(taskIds.length, "task")}`);
  const choice = { slots: 1, ...(options.model === undefined ? {} : { model: options.model }) };
  const { engine } = await openEngine({ choice, modelsFolder: paths.models, output, signal });
  shutdown.add("engine", () => engine.close());
  const calibration = await thresholdsFor(context, options, engine);
  const sums = new MinerSums();
  const lines: CheckLine[] = [];
  const how = {
    ...(calibration === undefined ? {} : { calibration }),
    hasReplay: options.replay === true,
    signal,
  };
  for (const taskId of taskIds) {
    for (const line of await checkTask({ client, profile, engine, options: how }, taskId)) {
      lines.push(line);
      const { miner, score, pair } = line;
      if (miner !== undefined && score !== undefined && pair !== undefined) sums.add(miner, score, pair.cusum);
      output.progress("check.verdict", describeLine(line), { ...dataOf(line) });
    }
  }
  conclude(context, lines, sums);
}

/** What was named, else what comes with the embedded model for this machine's kernel class; said in one line either way. */
async function thresholdsFor(
  { output }: CommandContext,
  { calibration, model }: CheckOptions,
  engine: Engine,
): Promise<Calibration | undefined> {
  const facts = engine.describe();
  if (calibration !== undefined) return readCalibration(calibration, facts);
  const found = model === undefined ? await publishedCalibration((await embeddedModels()).chat, facts) : undefined;
  if (found === undefined) {
    const { kernelClass } = facts;
    output.warn(
      "check.uncalibrated",
      `No calibration comes with this model for this machine's kernel class (${kernelClass}): without thresholds only contradictions are found. 'cortensor calibrate' measures them`,
      { kernelClass },
    );
    return undefined;
  }
  const maySlash = found.pairs.every(isLargeEnough);
  output.progress(
    "check.calibrated",
    `Judging by the calibration that comes with the model${maySlash ? "" : "; too little was run for it to take stake"}`,
    { maySlash, honestSequences: found.pairs.map(({ honest }) => honest.sequences) },
  );
  return found;
}

/** A line without its thresholds, which are the calibration's. */
function dataOf({ pair: _pair, ...line }: CheckLine) {
  return line;
}

function conclude({ output }: CommandContext, lines: readonly CheckLine[], sums: MinerSums): void {
  const counts: Record<string, number> = {};
  for (const { verdict } of lines) counts[verdict.kind] = (counts[verdict.kind] ?? 0) + 1;
  const miners = sums.all();
  const alarms = miners.filter(({ isAlarmed }) => isAlarmed);
  output.result(
    [
      ...lines.map(describeLine),
      ...miners.map(
        ({ miner, tasks, sumNats, alarmNats, isAlarmed }) =>
          `${miner}: CUSUM ${sumNats.toPrecision(3)} of ${alarmNats.toPrecision(3)} nats over ${countOf(tasks, "task")}${isAlarmed ? ": ALARM" : ""}`,
      ),
      Object.entries(counts)
        .map(([kind, count]) => `${count} ${kind}`)
        .join(", "),
    ],
    { verdicts: lines.map(dataOf), miners, counts },
  );
  const found = [
    ...lines.filter(isFinding).map((line) => `${line.taskId} ${describeVerdict(line)}`),
    ...alarms.map(({ miner }) => `${miner} CUSUM alarm`),
  ];
  if (found.length > 0) throw new CliError({ code: "CLI_CHECK_FAILED", found });
}
