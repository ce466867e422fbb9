import type { CanaryStore } from "@cortensor/sdk";
import type { CommandContext } from "./commandContext.js";
import { readFileIfThere, writeFileWhole } from "./home/writeFileWhole.js";

/** Where a home keeps what its clients' canaries found: all of them are one session there. */
export function canaryStore({ paths }: Pick<CommandContext, "paths">): CanaryStore {
  return {
    load: () => readFileIfThere(paths.canaries),
    save: (text) => writeFileWhole(paths.canaries, text),
  };
}
