import { readFile } from "node:fs/promises";
import { type ModelDistance, parseDistanceFile } from "@cortensor/proof";
import { REDUNDANCIES, type Redundancy } from "@cortensor/protocol";
import { type Command, InvalidArgumentError } from "commander";
import { chooseTasks, TASKS_MAX } from "../check/chooseTasks.js";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { countOf } from "../countOf.js";
import { describeJudged, nameOfJudged } from "../judge/describeJudged.js";
import { type JudgeLine, judgeTask } from "../judge/judgeTask.js";
import type { Act } from "../main.js";
import { findNetwork } from "../networkAccess.js";
import { parseAccount, wholeNumber } from "../parseArgument.js";
import { openPayer, type PayerOptions } from "../payer.js";
import { openEngine } from "../roles/openEngine.js";

type JudgeOptions = PayerOptions & {
  readonly last?: number;
  readonly judges: Redundancy;
  readonly network?: string;
  readonly distances?: string;
  readonly model?: string;
};

/** `cortensor judge`: whether answers are good ones, by the word of several miners and what is staked behind it. */
export function addJudge(program: Command, act: Act): void {
  program
    .command("judge [tasks...]")
    .description("Judge answers: ask other miners for points by a rubric, weighed by stake, and compare the copies.")
    .option("--last <n>", "the router's latest tasks instead (needs its auditor token)", wholeNumber(1, TASKS_MAX))
    .option("--judges <count>", "miners to ask about each answer: 3 or 5", parseJudges, 3)
    .option("--router <url>", "where to fetch them, and to ask (default: the one in --home)")
    .option("--key <key>", "API key that pays the judges (CORTENSOR_API_KEY; default: the one in --home)")
    .option("--as <name>", "pay with this wallet of the keystore instead: needs --account")
    .option("--account <account>", "the wallet's session", parseAccount)
    .option("--network <file|url>", "the network's profile (default: the one in --home, or the router's)")
    .option("--distances <file>", "from `cortensor distances`: which copies are outliers")
    .option("--model <source>", "GGUF path, URL or owner/repo/file.gguf (default: the embedded model)")
    .addHelpText("after", HELP)
    .action((tasks: readonly string[], options: JudgeOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => judge(context, { tasks, options })),
    );
}

const HELP = `
Each judge is asked four short questions, at the session's cost. Judges that can't be understood abstain: then the verdict is "undecided".
Ends with 1 when an answer is rejected.

Examples:
  $ cortensor judge 0x5a…c1
  $ cortensor judge --last 5 --judges 5 --distances cortensor-5m.distances.json`;

async function judge(
  context: CommandContext,
  { tasks, options }: { readonly tasks: readonly string[]; readonly options: JudgeOptions },
): Promise<void> {
  const { output, shutdown, paths } = context;
  const { signal } = shutdown;
  const client = await openPayer(context, options);
  const { profile } = await findNetwork(context, options.network ?? options.router);
  const distances = options.distances === undefined ? [] : await readDistances(options.distances);
  const taskIds = await chooseTasks(tasks, async () => client.recentTasks(options.last ?? 1, { signal }));
  output.progress("judge.starting", `Starting the model to read ${countOf(taskIds.length, "task")}`);
  const choice = { slots: 1, ...(options.model === undefined ? {} : { model: options.model }) };
  const { engine } = await openEngine({ choice, modelsFolder: paths.models, output, signal });
  shutdown.add("engine", () => engine.close());
  const tools = { client, profile, engine, distances, signal, judges: options.judges };
  const lines: JudgeLine[] = [];
  for (const taskId of taskIds) {
    for (const line of await judgeTask(tools, taskId)) {
      lines.push(line);
      output.progress("judge.verdict", describeJudged(line)[0] ?? "", { ...line });
    }
  }
  output.result(lines.flatMap(describeJudged), { answers: lines });
  const found = lines.filter(({ verdict }) => verdict === "rejected").map(nameOfJudged);
  if (found.length > 0) throw new CliError({ code: "CLI_ANSWER_REJECTED", found });
}

async function readDistances(file: string): Promise<readonly ModelDistance[]> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: "can't be read" }, { cause });
  });
  return parseDistanceFile(text);
}

function parseJudges(text: string): Redundancy {
  const found = REDUNDANCIES.find((copies) => copies > 1 && String(copies) === text);
  if (found === undefined) throw new InvalidArgumentError("Expected 3 or 5.");
  return found;
}
