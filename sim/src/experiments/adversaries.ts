import type { ValidatorPlan } from "../network/config.js";
import { always, mix, type Strategy, trustThenCheat, whitewash } from "../network/strategy.js";

/** An adversary, and who helps it. */
export type Adversary = {
  readonly strategy: Strategy;
  readonly validators: ValidatorPlan;
  /** Audits that it has passed before it begins: 0 for one that doesn't wait. */
  readonly seasonedAudits: number;
};

/** As often as the audits of two weeks' honest work count at the least rate: a patient adversary is checked no oftener than anybody. */
export const SEASONED_AUDITS = 1_000;

const ALONE: ValidatorPlan = { honest: 7, lazy: 0, allied: 0 };
/** Two of nine validators: less than a third of any jury that an honest majority of seven sits on. */
const ALLIED: ValidatorPlan = { honest: 7, lazy: 0, allied: 2 };
const LAZY: ValidatorPlan = { honest: 7, lazy: 2, allied: 0 };

/** Each measured cheat by miners that wait until they are trusted, and the other ways to time it with the cheat found least often. */
export function adversariesFor(cheats: readonly string[], leastFound: string): readonly Adversary[] {
  const trusted = (strategy: Strategy, validators = ALONE): Adversary => {
    return { strategy, validators, seasonedAudits: SEASONED_AUDITS };
  };
  const newcomer = (strategy: Strategy): Adversary => ({ strategy, validators: ALONE, seasonedAudits: 0 });
  return [
    ...cheats.map((cheat) => trusted(trustThenCheat(cheat))),
    newcomer(always(leastFound)),
    trusted(mix(leastFound, 0.1)),
    trusted(whitewash(leastFound)),
    trusted(named(trustThenCheat(leastFound), "2 of 9 validators allied"), ALLIED),
    trusted(named(trustThenCheat(leastFound), "2 of 9 validators lazy"), LAZY),
  ];
}

function named(strategy: Strategy, by: string): Strategy {
  return { ...strategy, name: `${strategy.name}, ${by}` };
}
