import {
  changeJob,
  type Engine,
  forgeFingerprints,
  type Generate,
  halfPrompt,
  otherTemperature,
  ownSeed,
  substitute,
} from "@cortensor/engine";
import type { Arm } from "./runArm.js";

/** The same weights in other bits, or another model: what a miner may serve instead. */
export type Substitute = { readonly name: string; readonly engine: Pick<Engine, "generate"> };

/**
 * Ways to cheat that a calibration measures, as an adversary's engine does them: with each substitute (its own fingerprints, and forged ones from
 * the true model), a seed of the miner's own, half the prompt, and temperatures a little and a lot off.
 */
export function cheatArms(
  honest: Pick<Engine, "generate" | "score">,
  substitutes: readonly Substitute[],
): readonly Arm[] {
  const generate: Generate = (job) => honest.generate(job);
  const arm = (name: string, cheat: Generate): Arm => ({ name, engine: { generate: cheat } });
  const warmer = (by: number): Arm =>
    arm(`temperature ${by > 0 ? "+" : "−"}${Math.abs(by)}`, changeJob(generate, otherTemperature(by)));
  return [
    ...substitutes.flatMap(({ name, engine }): readonly Arm[] => {
      const write = substitute((job) => engine.generate(job));
      return [
        arm(name, write),
        arm(
          `${name}, fingerprints forged`,
          forgeFingerprints(write, (job) => honest.score(job)),
        ),
      ];
    }),
    arm("own seed", changeJob(generate, ownSeed)),
    arm("half the prompt", changeJob(generate, halfPrompt)),
    warmer(-0.3),
    warmer(-0.1),
    warmer(0.1),
  ];
}
