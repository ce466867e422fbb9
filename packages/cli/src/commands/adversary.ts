import { CHEAT_NAMES, CHEATS, type CheatName } from "@cortensor/engine";
import { type Command, Option } from "commander";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { openCheat } from "../roles/openCheat.js";
import { addMinerOptions, type MinerOptions, runMinerCommand } from "./miner.js";

type AdversaryOptions = MinerOptions & {
  readonly cheat: CheatName;
  readonly other?: string;
  readonly shared?: string;
};

/** `cortensor adversary`: an ordinary miner with a dishonest engine, to attack one's own network with. */
export function addAdversary(program: Command, act: Act): void {
  const command = program
    .command("adversary")
    .description(
      "Run a miner that cheats, to see whether your network finds it. Everything but its engine is a miner's.",
    );
  addMinerOptions(command, "adversary")
    .addOption(new Option("--cheat <name>", "what it does").choices(CHEAT_NAMES).makeOptionMandatory())
    .option("--other <file>", "GGUF file that it runs instead (default: made from the embedded model)")
    .option("--shared <folder>", "where copied-answer finds what other miners answered")
    .addHelpText("after", help())
    .action((options: AdversaryOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => attack(context, options)),
    );
}

async function attack(context: CommandContext, options: AdversaryOptions): Promise<void> {
  const { cheat, other, shared, ...miner } = options;
  context.output.warn(
    "adversary.cheating",
    `THIS MINER CHEATS ON PURPOSE (${cheat}): it ${CHEATS[cheat].says}. Attack no network but your own; its stake is real.`,
    { cheat },
  );
  const choice = { cheat, ...(other === undefined ? {} : { other }), ...(shared === undefined ? {} : { shared }) };
  await runMinerCommand(context, miner, (parts) => openCheat(parts, choice));
}

function help(): string {
  return `
Cheats:
${CHEAT_NAMES.map((name) => `  ${name.padEnd(22)} ${CHEATS[name].says}`).join("\n")}

It does probes honestly, and so is verified. What finds it is \`cortensor check\`.

Examples:
  $ cortensor adversary --cheat own-seed --network http://127.0.0.1:8080
  $ cortensor check --last 20 --calibration cortensor-5m.calibration.json`;
}
