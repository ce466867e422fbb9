import type { Address } from "@cortensor/protocol";
import type { ValidatorParts } from "../validator/index.js";
import { copyVerdicts, type OthersVerdicts } from "./copyVerdicts.js";
import { SAYS_FAILED, SAYS_PASSED, sayUnseen } from "./sayUnseen.js";

/** What a dishonest validator knows beside an honest one's parts. */
export type ValidatorCheatParts = {
  /** Miners that it is for, or against: by their address or their owner's. */
  readonly about: ReadonlySet<Address>;
  readonly others: OthersVerdicts;
};

type ValidatorCheat = {
  /** What the validator does, in words. */
  readonly says: string;
  readonly make: (parts: ValidatorParts, knows: ValidatorCheatParts) => Partial<ValidatorParts>;
};

/** Ways to do duties dishonestly: another decision behind an honest validator's face. For attacking one's own network; no checker knows of them. */
export const VALIDATOR_CHEATS = {
  lazy: {
    says: "passes everything without looking",
    make: () => ({ check: () => Promise.resolve(SAYS_PASSED) }),
  },
  copying: {
    says: "looks at nothing, and repeats what it sees another validator post",
    make: (parts, { others }) => copyVerdicts(parts, others),
  },
  colluding: {
    says: "passes its accomplices' tasks without looking, and checks the others",
    make: (parts, { about }) => sayUnseen(parts, { about, finding: SAYS_PASSED }),
  },
  accusing: {
    says: "says of some miners' tasks that they are wrong without looking, and checks the others",
    make: (parts, { about }) => sayUnseen(parts, { about, finding: SAYS_FAILED }),
  },
} as const satisfies Readonly<Record<string, ValidatorCheat>>;

export type ValidatorCheatName = keyof typeof VALIDATOR_CHEATS;
export const VALIDATOR_CHEAT_NAMES = Object.keys(VALIDATOR_CHEATS) as readonly ValidatorCheatName[];

/** An honest validator's parts, with the cheat among them. */
export function cheatingValidator(
  name: ValidatorCheatName,
  parts: ValidatorParts,
  knows: ValidatorCheatParts,
): ValidatorParts {
  const cheat: ValidatorCheat = VALIDATOR_CHEATS[name];
  return { ...parts, ...cheat.make(parts, knows) };
}
