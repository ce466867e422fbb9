import { CHEAT_NAMES, CHEATS, type CheatName } from "@cortensor/engine";
import {
  cheatingValidator,
  createOthersVerdicts,
  createValidator,
  VALIDATOR_CHEAT_NAMES,
  VALIDATOR_CHEATS,
  type ValidatorCheatName,
} from "@cortensor/node";
import type { Address } from "@cortensor/protocol";
import { type Command, Option } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { parseAddressArgument } from "../parseArgument.js";
import { openCheat } from "../roles/openCheat.js";
import type { CreateValidator } from "../roles/openValidator.js";
import { runGuardCommand } from "./guard.js";
import { addMinerOptions, type MinerOptions, runMinerCommand } from "./miner.js";

type AdversaryOptions = MinerOptions & {
  readonly cheat?: CheatName;
  readonly other?: string;
  readonly shared?: string;
  readonly validator?: ValidatorCheatName;
  readonly about?: readonly Address[];
};

/** What a miner is told and a validator isn't. */
const OF_MINERS = ["cheat", "other", "shared", "router", "sha256", "name", "slots", "context", "metricsPort"];
/** Kinds that need to know of whom they lie. */
const LIES_ABOUT: readonly ValidatorCheatName[] = ["colluding", "accusing"];

/** `cortensor adversary`: an ordinary miner with a dishonest engine, or a guard whose duties are done dishonestly, to attack one's own network with. */
export function addAdversary(program: Command, act: Act): void {
  const command = program
    .command("adversary")
    .description(
      "Run a miner or a validator that cheats, to see whether your network finds it. Everything but its engine, or what it says of its duties, is an honest one's.",
    );
  addMinerOptions(command, "adversary")
    .addOption(new Option("--cheat <name>", "what a miner does").choices(CHEAT_NAMES))
    .option("--other <file>", "GGUF file that it runs instead (default: made from the embedded model)")
    .option("--shared <folder>", "where copied-answer finds what other miners answered")
    .addOption(
      new Option("--validator <name>", "what a validator does, instead of a miner")
        .choices(VALIDATOR_CHEAT_NAMES)
        .conflicts(OF_MINERS),
    )
    .option(
      "--about <addresses>",
      "miners, or their owners, that a colluding or accusing validator lies about",
      (text) => text.split(",").map(parseAddressArgument),
    )
    .addHelpText("after", help())
    .action((options: AdversaryOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => attack(context, options)),
    );
}

async function attack(context: CommandContext, options: AdversaryOptions): Promise<void> {
  const { cheat, other, shared, validator, about, ...miner } = options;
  if (validator !== undefined) return attackDuties(context, { ...miner, validator, ...(about && { about }) });
  if (cheat === undefined) {
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--cheat", expected: "a way to cheat, or --validator" });
  }
  context.output.warn(
    "adversary.cheating",
    `THIS MINER CHEATS ON PURPOSE (${cheat}): it ${CHEATS[cheat].says}. Attack no network but your own; its stake is real.`,
    { cheat },
  );
  const choice = { cheat, ...(other === undefined ? {} : { other }), ...(shared === undefined ? {} : { shared }) };
  await runMinerCommand(context, miner, (parts) => openCheat(parts, choice));
}

/** Runs a guard: a validator is a part of one. It attests honestly; what it says of its duties is what it is told to. */
async function attackDuties(
  context: CommandContext,
  options: Pick<MinerOptions, "network" | "as" | "stake" | "model"> & {
    readonly validator: ValidatorCheatName;
    readonly about?: readonly Address[];
  },
): Promise<void> {
  const { validator, model = "embedded", about: listed, network, as, stake } = options;
  const about = checkAbout(validator, listed);
  context.output.warn(
    "adversary.cheating",
    `THIS VALIDATOR CHEATS ON PURPOSE (${validator}): it ${VALIDATOR_CHEATS[validator].says}. Attack no network but your own; its stake is real.`,
    { validator },
  );
  const create: CreateValidator = (parts, chain) =>
    createValidator(cheatingValidator(validator, parts, { about, others: createOthersVerdicts(chain) }));
  const env = { ...context.env, GUARD_DUTIES: context.env.GUARD_DUTIES ?? model };
  const guard = { as, stake, ...(network === undefined ? {} : { network }) };
  await runGuardCommand({ ...context, env }, guard, create);
}

function checkAbout(validator: ValidatorCheatName, listed: readonly Address[] | undefined): ReadonlySet<Address> {
  if (LIES_ABOUT.includes(validator) !== (listed !== undefined)) {
    const expected = listed === undefined ? "whom it lies about" : `none, for a ${validator} validator`;
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--about", expected });
  }
  return new Set(listed);
}

function help(): string {
  return `
Cheats of miners:
${CHEAT_NAMES.map((name) => `  ${name.padEnd(22)} ${CHEATS[name].says}`).join("\n")}

Cheats of validators:
${VALIDATOR_CHEAT_NAMES.map((name) => `  ${name.padEnd(22)} ${VALIDATOR_CHEATS[name].says}`).join("\n")}

A miner does probes honestly, and so is verified. What finds it is \`cortensor check\`, and the duties of validators. A validator is a guard that does
duties; the settings of \`cortensor guard\` are its own (GUARD_PORT, GUARD_STORE …).

Examples:
  $ cortensor adversary --cheat own-seed --network http://127.0.0.1:8080
  $ cortensor check --last 20 --calibration cortensor-5m.calibration.json
  $ cortensor adversary --validator lazy --as sloth --network http://127.0.0.1:8080
  $ cortensor adversary --validator colluding --about 0x… --network http://127.0.0.1:8080`;
}
