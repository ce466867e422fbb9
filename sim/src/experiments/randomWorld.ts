import { createRandom, drawIndex } from "@cortensor/proof";
import type { Evidence } from "../evidence/evidence.js";
import { type WorldConfig, worldConfig } from "../network/config.js";
import { always, HONEST, mix, type Strategy, trustThenCheat, whitewash } from "../network/strategy.js";

/** A small network whose every knob is drawn from its seed: faults, adversaries, stakes, load. For what must hold in any of them. */
export function randomWorld(seed: number, evidence: Evidence): WorldConfig {
  const random = createRandom(seed + KNOBS);
  const pick = <Value>(values: readonly [Value, ...Value[]]): Value =>
    values[drawIndex(random, values.length)] ?? values[0];
  const cheats = [...evidence.texts.rich.cheats.keys()];
  const cheat = cheats[drawIndex(random, cheats.length)] ?? "none";
  const strategy = pick<(name: string) => Strategy>([always, (name) => mix(name, 0.3), trustThenCheat, whitewash])(
    cheat,
  );
  return worldConfig({
    seed,
    evidence,
    hours: pick([0.05, 0.1, 0.2]),
    text: pick(["rich", "lowEntropy"]),
    load: pick([0.3, 0.5, 0.7, 1.2]),
    accounts: pick([1, 5, 20]),
    deathsPerCheckpoint: pick([0, 0.002, 0.02]),
    validators: { honest: pick([5, 7]), lazy: pick([0, 1]), allied: pick([0, 1, 2]) },
    miners: [
      {
        count: pick([1, 2, 3, 3, 6, 6, 20]),
        strategy: HONEST,
        stakeFees: pick([10, 1_000]),
        seasonedAudits: pick([0, 300]),
      },
      { count: pick([0, 1, 3]), strategy, stakeFees: pick([3, 21, 200]) },
    ],
  });
}

/** Apart from the network's own draws under the same seed. */
const KNOBS = 0x5eed_0000_0000;
