import type { Engine } from "@cortensor/engine";
import { keccak256, utf8ToBytes } from "@cortensor/protocol";
import type { Arm } from "./runArm.js";

/** The same weights in other bits, or another model: what a miner may serve instead. */
export type Substitute = { readonly name: string; readonly engine: Pick<Engine, "generate"> };

/**
 * Ways to cheat that a calibration measures: with each substitute (its own fingerprints, and forged ones from the true model), a seed of the
 * miner's own, half the prompt, and temperatures a little and a lot off.
 */
export function cheatArms(
  honest: Pick<Engine, "generate" | "score">,
  substitutes: readonly Substitute[],
): readonly Arm[] {
  const cooler = (byTemperature: number): Arm => ({
    name: `temperature ${byTemperature > 0 ? "+" : "−"}${Math.abs(byTemperature)}`,
    engine: honest,
    change: (task) => {
      const temperature = Math.max(0, Math.round((task.params.temperature + byTemperature) * 10) / 10);
      return { ...task, params: { ...task.params, temperature } };
    },
  });
  return [
    ...substitutes.flatMap(({ name, engine }): readonly Arm[] => [
      { name, engine },
      { name: `${name}, fingerprints forged`, engine, forgedBy: honest },
    ]),
    {
      name: "own seed",
      engine: honest,
      change: (task) => ({ ...task, seed: keccak256(utf8ToBytes(`own seed ${task.seed}`)) }),
    },
    {
      name: "half the prompt",
      engine: honest,
      change: (task) => ({ ...task, promptTokens: task.promptTokens.slice(Math.floor(task.promptTokens.length / 2)) }),
    },
    cooler(-0.3),
    cooler(-0.1),
    cooler(0.1),
  ];
}
