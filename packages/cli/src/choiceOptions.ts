import { REDUNDANCIES, type Redundancy, type TaskChoice, VALIDATIONS, type Validation } from "@cortensor/protocol";
import { type Command, InvalidArgumentError, Option } from "commander";
import { parseCor } from "./money.js";

/** What a question may choose in place of its session's terms. */
export type ChoiceOptions = {
  readonly validation?: Validation;
  readonly redundancy?: Redundancy;
  readonly maxFee?: bigint;
};

/** Adds `--validation`, `--redundancy` and `--max-fee`. */
export function addChoiceOptions(command: Command): Command {
  return command
    .addOption(new Option("--validation <how>", "in place of the session's").choices(VALIDATIONS))
    .option("--redundancy <copies>", "copies by different miners: 1, 3 or 5", parseRedundancy)
    .option("--max-fee <cor>", "refuse the question if it may cost more", parseCor);
}

export function toChoice({ validation, redundancy, maxFee }: ChoiceOptions): TaskChoice {
  return {
    ...(validation === undefined ? {} : { validation }),
    ...(redundancy === undefined ? {} : { redundancy }),
    ...(maxFee === undefined ? {} : { maxFeeWei: maxFee }),
  };
}

function parseRedundancy(text: string): Redundancy {
  const found = REDUNDANCIES.find((copies) => String(copies) === text);
  if (found === undefined) throw new InvalidArgumentError("Expected 1, 3 or 5.");
  return found;
}
