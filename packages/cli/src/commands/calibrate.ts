import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import {
  calibrateModel,
  calibrationHash,
  encodeCalibrationFile,
  isLargeEnough,
  type PairCalibration,
  rocSvg,
  SLASHING_COUNTS,
  signCalibration,
} from "@cortensor/proof";
import type { Command } from "commander";
import { openCalibrated } from "../calibrate/openCalibrated.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { countOf } from "../countOf.js";
import type { Act } from "../main.js";
import { decimal, wholeNumber } from "../parseArgument.js";

/** Room for the prompt beside the answer. */
const PROMPT_TOKENS = 256;
const PROGRESS_STEPS = 5;

type CalibrateOptions = {
  readonly model?: string;
  readonly against?: readonly string[];
  readonly sequences: number;
  readonly cheatSequences: number;
  readonly tokens: number;
  readonly temperature: number;
  readonly temperatureFrom?: number;
  readonly temperatureTo?: number;
  readonly falseAlarms: number;
  readonly seed: number;
  readonly as: string;
  readonly out?: string;
};

/** `cortensor calibrate`: measures what honest and dishonest work of a model look like here, and signs it. */
export function addCalibrate(program: Command, act: Act): void {
  const { honestSequences, cheatSequences } = SLASHING_COUNTS;
  program
    .command("calibrate")
    .description("Measure what honest and dishonest work of a model look like on this machine: thresholds, signed.")
    .option("--model <file>", "GGUF file (default: the embedded model)")
    .option("--against <files...>", "GGUF files that a cheat may serve (default: the embedded model's other ones)")
    .option("--sequences <count>", "honest answers", wholeNumber(4, 100_000), honestSequences)
    .option("--cheat-sequences <count>", "answers of each cheat", wholeNumber(1, 100_000), cheatSequences)
    .option("--tokens <count>", "length of each", wholeNumber(32, 4_096), 256)
    .option("--temperature <t>", "what is run", decimal(0, 2), 1)
    .option("--temperature-from <t>", "what it will be used for, from (default: --temperature)", decimal(0, 2))
    .option("--temperature-to <t>", "and to (default: --temperature)", decimal(0, 2))
    .option("--false-alarms <share>", "of honest windows, at most", decimal(0.0001, 0.5), 0.01)
    .option("--seed <number>", "of tasks and draws: the same seed gives the same file", wholeNumber(0, 2 ** 32), 1)
    .option("--as <name>", "name of the key that signs", "calibrator")
    .option("--out <file>", "where to write (default: <model>.calibration.json here; the curves beside it, as .svg)")
    .addHelpText(
      "after",
      "\nExamples:\n  $ cortensor calibrate --sequences 12 --cheat-sequences 6 --tokens 64\n  $ cortensor calibrate --model llama-8b-q8_0.gguf --against llama-8b-q4_0.gguf llama-1b-q8_0.gguf",
    )
    .action((options: CalibrateOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => calibrate(context, options)),
    );
}

async function calibrate(context: CommandContext, options: CalibrateOptions): Promise<void> {
  const { output, shutdown } = context;
  const { tokens, temperature, temperatureFrom = temperature, temperatureTo = temperature } = options;
  const { key } = await context.keystore({ mayGenerate: false }).openOrCreate(options.as);
  output.progress("calibrate.starting", "Starting the model, once more, and what a cheat may serve instead");
  const { model, against } = options;
  const engines = await openCalibrated({
    ...(model === undefined ? {} : { model }),
    ...(against === undefined ? {} : { against }),
    contextTokens: tokens + PROMPT_TOKENS,
    signal: shutdown.signal,
  });
  shutdown.add("calibrated engines", () => engines.close());
  const { engine, again, substitutes, fileSha256 } = engines;
  const { calibration } = await calibrateModel({
    engine,
    again,
    substitutes,
    fileSha256,
    honestSequences: options.sequences,
    cheatSequences: options.cheatSequences,
    tokens,
    temperature,
    temperatureFrom,
    temperatureTo,
    falseAlarmsMax: options.falseAlarms,
    seed: options.seed,
    signal: shutdown.signal,
    onProgress: ({ arm, sequences, of }) => {
      const step = Math.max(1, Math.floor(of / PROGRESS_STEPS));
      if (sequences !== of && sequences % step !== 0) return;
      output.progress("calibrate.ran", `${arm}: ${sequences} of ${of}`, { arm, sequences, of });
    },
  });
  await engines.close();
  const signed = signCalibration(calibration, key.expose());
  const file = resolve(options.out ?? `${calibration.model}.calibration.json`);
  await writeFile(file, encodeCalibrationFile(signed));
  const curves = await writeCurves(file, calibration.pairs);
  const hash = calibrationHash(calibration);
  const maySlash = calibration.pairs.every(isLargeEnough);
  const lines = [...calibration.pairs.flatMap(formatPair), rightOf(maySlash), `Hash ${hash}`, file, ...curves];
  output.result(lines, { file, curves, hash, signer: signed.signer, maySlash, calibration });
}

/** One picture for each pair, of its longest window. */
async function writeCurves(file: string, pairs: readonly PairCalibration[]): Promise<readonly string[]> {
  return Promise.all(
    pairs.map(async (pair, index) => {
      const path = `${file.replace(/\.json$/, "")}${pairs.length > 1 ? `-${index}` : ""}.svg`;
      await writeFile(path, rocSvg(pair, Math.max(...pair.windows.map(({ tokens }) => tokens))));
      return path;
    }),
  );
}

function formatPair({ honest, held, windows, cusum, cheats }: PairCalibration): readonly string[] {
  const nats = (value: number): string => value.toPrecision(3);
  return [
    `Honest: ${countOf(honest.sequences, "answer")}, ${honest.tokens} tokens at ${nats(honest.entropyNatsPerToken)} nats each; of ${held.windows} windows held back ${held.suspected} suspect`,
    ...windows.map(
      (window) =>
        `  ${window.tokens} tokens: mean margin ${nats(window.meanMarginNats)}, worst ${nats(window.worstMarginNats)}, outside ${nats(window.outsideShare)}, log-probabilities ${nats(window.meanLogprobErrorNats)}`,
    ),
    `  CUSUM: κ ${nats(cusum.kappaNats)}, alarm above ${nats(cusum.alarmNats)} nats`,
    ...cheats.map(({ name, windows: found }) => {
      const shares = found.map((one) => `${one.tokens}: ${(100 * one.detection).toFixed(0)} %`);
      return `${name}: found in ${shares.join(", ")}`;
    }),
  ];
}

function rightOf(maySlash: boolean): string {
  if (maySlash) return "Enough was run for verdicts that take stake.";
  const { honestSequences, cheatSequences, tokensLeast, families } = SLASHING_COUNTS;
  return `Too little was run for verdicts that take stake: that needs ${honestSequences} honest answers of ${tokensLeast} tokens over ${families} families, and ${cheatSequences} of each cheat.`;
}
