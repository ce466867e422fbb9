import { SEAL_AUDITS, SEAL_SUITES, type SealAudit, type SealSuite } from "@cortensor/protocol";
import type { CortensorOptions } from "@cortensor/sdk";
import { type Command, Option } from "commander";
import { canaryStore } from "./canaryStore.js";
import { CliError } from "./cliError.js";
import type { CommandContext } from "./commandContext.js";
import { findNetwork } from "./networkAccess.js";

/** What a client that seals is opened with. */
export type SealedClientOptions = Pick<
  CortensorOptions,
  "privacy" | "suite" | "standbys" | "audit" | "canaries" | "deployment" | "recorder"
>;

/** Whether a question is sealed to its miner, and how. */
export type SealOptions = {
  readonly sealed?: true;
  readonly suite?: SealSuite;
  readonly audit?: SealAudit;
  readonly network?: string;
  readonly standbys?: true;
};

export const STANDBYS_OPTION = "let two more miners read it, so that they can go on with the answer by themselves";

/** Adds `--sealed`, `--suite`, `--audit`, `--standbys` and `--network`. */
export function addSealOptions(command: Command): Command {
  return command
    .option("--sealed", "let nobody but the miner chosen read question and answer: see docs/SEALING.md")
    .addOption(new Option("--suite <name>", "how a sealed one agrees on keys (default: x25519)").choices(SEAL_SUITES))
    .addOption(auditOption())
    .option("--standbys", STANDBYS_OPTION)
    .option(
      "--network <file>",
      "the profile by whose chain a sealed one checks its miner (default: the one in --home)",
    );
}

export function auditOption(): Option {
  const says = "how a sealed answer may be checked: see docs/SEALING.md (default: canary)";
  return new Option("--audit <mode>", says).choices(SEAL_AUDITS);
}

/** What a client is given for them. The profile is never the router's own word: it could name a chain that vouches for anything. */
export async function toSealed(
  context: CommandContext,
  { sealed, suite, audit, network, standbys }: SealOptions,
): Promise<SealedClientOptions> {
  if (sealed !== true) {
    const beside = { "--suite": suite, "--audit": audit, "--standbys": standbys };
    const argument = Object.entries(beside).find(([, said]) => said !== undefined)?.[0];
    if (argument === undefined) return {};
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument, expected: "--sealed beside it" });
  }
  if (network !== undefined && /^https?:\/\//.test(network)) {
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--network", expected: "a file, not a router's word" });
  }
  const { profile } = await findNetwork(context, network);
  return {
    ...{ privacy: "sealed", deployment: profile, canaries: { store: canaryStore(context) } },
    ...(suite === undefined ? {} : { suite }),
    ...(audit === undefined ? {} : { audit }),
    ...(standbys === undefined ? {} : { standbys }),
  };
}
