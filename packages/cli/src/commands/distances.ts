import { writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { type Engine, embeddedEngineOptions, embeddedModels, startLlamaEngine } from "@cortensor/engine";
import { encodeDistanceFile, isTelling, type ModelDistance, measureDistance, type Substitute } from "@cortensor/proof";
import { REDUNDANCIES } from "@cortensor/protocol";
import type { Command } from "commander";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { decimal, wholeNumber } from "../parseArgument.js";

/** Room for the prompt beside the answer. */
const PROMPT_TOKENS = 256;

type DistancesOptions = {
  readonly groups: number;
  readonly cheatGroups: number;
  readonly tokens: number;
  readonly temperature: number;
  readonly falseAlarms: number;
  readonly seed: number;
  readonly out?: string;
};

/** `cortensor distances`: how far copies of one answer lie apart, honestly and not, and the distance that tells them. */
export function addDistances(program: Command, act: Act): void {
  program
    .command("distances")
    .description(
      "Measure how far copies of the embedded model's answers lie apart: what a router's ROUTER_DISTANCES names.",
    )
    .option("--groups <count>", "honest answers, each in its copies", wholeNumber(2, 100_000), 200)
    .option(
      "--cheat-groups <count>",
      "answers with a cheat among their copies, for each way",
      wholeNumber(1, 100_000),
      100,
    )
    .option("--tokens <count>", "most tokens of a copy", wholeNumber(8, 1_024), 64)
    .option("--temperature <t>", "what is run", decimal(0, 2), 1)
    .option("--false-alarms <share>", "of honest copies, at most", decimal(0.0001, 0.5), 0.01)
    .option("--seed <number>", "the same seed gives the same file", wholeNumber(0, 2 ** 32), 1)
    .option("--out <file>", "where to write (default: <model>.distances.json here)")
    .addHelpText("after", "\nExample:\n  $ cortensor distances --groups 40 --cheat-groups 20")
    .action((options: DistancesOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => measure(context, options)),
    );
}

async function measure(context: CommandContext, options: DistancesOptions): Promise<void> {
  const { output, shutdown } = context;
  const { signal } = shutdown;
  const models = await embeddedModels();
  const contextTokens = options.tokens + PROMPT_TOKENS;
  const start = async (given: Parameters<typeof startLlamaEngine>[0]): Promise<Engine> => {
    const engine = await startLlamaEngine({ ...given, contextTokens, signal });
    shutdown.add("measured engine", () => engine.close());
    return engine;
  };
  output.progress("distances.starting", "Starting the model, and what a cheat may serve instead");
  const engine = await start(embeddedEngineOptions(models));
  const substitutes: Substitute[] = [];
  for (const { use, path, model } of models.files) {
    if (use !== "chat" || path === models.chat.path) continue;
    substitutes.push({ name: basename(path), engine: await start({ modelPath: path, model }) });
  }
  const thresholds: ModelDistance[] = [];
  for (const copies of REDUNDANCIES.filter((count) => count > 1)) {
    const { groups: honestGroups, cheatGroups, tokens, temperature, falseAlarms: falseAlarmsMax, seed } = options;
    const runs = { copies, honestGroups, cheatGroups, tokens, temperature, falseAlarmsMax, seed };
    const onProgress = ({
      arm,
      groups,
      of,
    }: {
      readonly arm: string;
      readonly groups: number;
      readonly of: number;
    }) => {
      if (groups === of)
        output.progress("distances.ran", `${copies} copies, ${arm}: ${of}`, { copies, arm, groups: of });
    };
    thresholds.push(await measureDistance({ engine, substitutes, ...runs, signal, onProgress }));
  }
  const file = resolve(options.out ?? `${models.chat.model}.distances.json`);
  await writeFile(file, encodeDistanceFile(thresholds));
  output.result([...thresholds.flatMap(formatThreshold), file], { file, thresholds });
}

function formatThreshold(threshold: ModelDistance): readonly string[] {
  const { copies, outlierAbove, held, cheats } = threshold;
  return [
    `${copies} copies: outliers beyond ${outlierAbove.toPrecision(3)}; of ${held.answers} honest copies held back ${held.outliers}`,
    ...cheats.map(({ name, answers, outliers }) => `  ${name}: found ${outliers} of ${answers}`),
    ...(isTelling(threshold) ? [] : ["  It doesn't tell cheats from honest copies: no router goes by it."]),
  ];
}
