import { findStore } from "@cortensor/node";
import { CliError } from "./cliError.js";

const REMEDY =
  "give the folder in which `cortensor miner` keeps its results with --outbox: its MINER_OUTBOX, or else " +
  "miners/<network>/outbox/<t0>-<key> in its --home, on the machine of the miner or copied whole from there";

/** Throws CLI_BAD_FILE, which says what to do, for what is no miner's outbox. Nothing is created there. */
export function requireOutbox(folder: string): void {
  const found = findStore(folder);
  if (found.kind === "store") return;
  const problem = found.kind === "missing" ? "isn't there" : `is no miner's outbox: it ${found.problem}`;
  throw new CliError({ code: "CLI_BAD_FILE", file: folder, problem: `${problem}; ${REMEDY}` });
}
