import { Option } from "commander";

/** An engine without a model, that answers at once or a token in each turn of the event loop. */
export function scriptedOption(says: string): Option {
  return new Option("--scripted <pace>", `${says}; to try or measure what stands around engines`).choices([
    "at-once",
    "in-turns",
  ]);
}
