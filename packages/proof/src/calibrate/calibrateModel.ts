import type { Engine } from "@cortensor/engine";
import { type Calibration, CHECK_VERSION } from "../calibration/calibration.js";
import { type CalibratedPair, type CalibrationRun, calibratePair, makeTasks } from "./calibratePair.js";
import { cheatArms, type Substitute } from "./cheatArms.js";
import { observeKernel } from "./observeKernel.js";

/** Sequences whose bits are compared. */
const OBSERVED_SEQUENCES = 3;

export type ModelCalibrationRun = Omit<CalibrationRun, "miner" | "checker" | "cheats"> & {
  /** The model as it is offered. It stands for the honest miner, and checks. */
  readonly engine: Engine;
  /** The same file in a process of its own. */
  readonly again: Engine;
  /** What a miner may serve instead. */
  readonly substitutes: readonly Substitute[];
  /** SHA-256 of the model's file, lower-case hex. */
  readonly fileSha256: string;
};

/** A model's calibration within its kernel class: what changes bits there, and its thresholds at one range of temperatures. */
export async function calibrateModel(
  run: ModelCalibrationRun,
): Promise<{ readonly calibration: Calibration; readonly runs: CalibratedPair }> {
  const { engine, again, substitutes, fileSha256, ...counts } = run;
  const tasks = await makeTasks({ ...counts, miner: engine }, OBSERVED_SEQUENCES);
  const stop = run.signal === undefined ? {} : { signal: run.signal };
  const facts = await observeKernel({ miner: engine, again, tasks, ...stop });
  run.onProgress?.({ arm: "what changes bits", sequences: tasks.length, of: tasks.length });
  const runs = await calibratePair({
    ...counts,
    miner: engine,
    checker: engine,
    cheats: cheatArms(engine, substitutes),
  });
  const checked = runs.honest.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const equal = runs.honest.reduce((sum, { equalBits }) => sum + equalBits, 0);
  const prefill = { what: "prefillAgainstDecode", changesBits: equal < checked, tokens: checked } as const;
  const { model, modelId } = engine.describe();
  return {
    calibration: {
      format: "cortensor-calibration-1",
      checkVersion: CHECK_VERSION,
      model,
      modelId,
      fileSha256,
      kernels: [{ ...facts, facts: [...facts.facts, prefill] }],
      pairs: [runs.pair],
    },
    runs,
  };
}
