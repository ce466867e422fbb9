import { SEAL_SUITES, type SealSuite } from "@cortensor/protocol";
import type { CortensorOptions } from "@cortensor/sdk";
import { type Command, Option } from "commander";
import { CliError } from "./cliError.js";
import type { CommandContext } from "./commandContext.js";
import { findNetwork } from "./networkAccess.js";

/** Whether a question is sealed to its miner, and how. */
export type SealOptions = {
  readonly sealed?: true;
  readonly suite?: SealSuite;
  readonly network?: string;
  readonly standbys?: true;
};

export const STANDBYS_OPTION = "let two more miners read it, so that they can go on with the answer by themselves";

/** Adds `--sealed`, `--suite` and `--network`. */
export function addSealOptions(command: Command): Command {
  return command
    .option("--sealed", "let nobody but the miner chosen read question and answer: see docs/SEALING.md")
    .addOption(new Option("--suite <name>", "how a sealed one agrees on keys (default: x25519)").choices(SEAL_SUITES))
    .option("--standbys", STANDBYS_OPTION)
    .option(
      "--network <file>",
      "the profile by whose chain a sealed one checks its miner (default: the one in --home)",
    );
}

/** What a client is given for them. The profile is never the router's own word: it could name a chain that vouches for anything. */
export async function toSealed(
  context: CommandContext,
  { sealed, suite, network, standbys }: SealOptions,
): Promise<Pick<CortensorOptions, "privacy" | "suite" | "standbys" | "deployment">> {
  if (sealed !== true) {
    if (suite === undefined && standbys === undefined) return {};
    const argument = suite === undefined ? "--standbys" : "--suite";
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument, expected: "--sealed beside it" });
  }
  if (network !== undefined && /^https?:\/\//.test(network)) {
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--network", expected: "a file, not a router's word" });
  }
  const { profile } = await findNetwork(context, network);
  const asked = { ...(suite === undefined ? {} : { suite }), ...(standbys === undefined ? {} : { standbys }) };
  return { privacy: "sealed", deployment: profile, ...asked };
}
