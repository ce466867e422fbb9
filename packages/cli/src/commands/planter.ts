import { plantAnswers } from "@cortensor/engine";
import { PLANTS_MAX, PlantDesk } from "@cortensor/node";
import type { Command } from "commander";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { parseCor } from "../money.js";
import { wholeNumber } from "../parseArgument.js";
import { openEngine } from "../roles/openEngine.js";
import { openPlanter } from "../roles/openPlanter.js";
import { readPrompts } from "../roles/readPrompts.js";
import { addMinerOptions, type MinerOptions, runMinerCommand } from "./miner.js";

type PlanterOptions = MinerOptions & { readonly prompts: string; readonly deposit: string; readonly least: number };

/** `cortensor planter`: a miner that answers some questions of its own wrongly, so that it is seen which validators look. */
export function addPlanter(program: Command, act: Act): void {
  const command = program
    .command("planter")
    .description(
      "Run a miner that plants wrong results among its own questions: who passes one without looking is paid nothing.",
    );
  addMinerOptions(command, "planter")
    .requiredOption("--prompts <file>", "questions such as your users ask, one a line: whoever checks them reads them")
    .option("--deposit <cor>", "what its own session is opened with, in COR", "10")
    .option(
      "--least <count>",
      "results to plant in each epoch, however few tasks were checked",
      wholeNumber(0, PLANTS_MAX),
      0,
    )
    .addHelpText("after", help())
    .action((options: PlanterOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => plant(context, options)),
    );
}

async function plant(context: CommandContext, options: PlanterOptions): Promise<void> {
  const { prompts: file, deposit, least: plantsLeast, ...miner } = options;
  const prompts = await readPrompts(file);
  const depositWei = parseCor(deposit);
  const desk = new PlantDesk();
  await runMinerCommand(
    context,
    miner,
    async (parts) => {
      const { engine, gone } = await openEngine(parts);
      return { engine: plantAnswers(engine, desk.saltOf), gone };
    },
    (joined) => openPlanter(context, { ...joined, as: options.as, prompts, depositWei, plantsLeast, desk }),
  );
}

function help(): string {
  return `
It serves others as every miner does; only its own questions, asked in its own session, are answered wrongly, two for every hundred tasks that
validators checked. Keys: the miner's three, and one that commits (<name>-committer), so that nobody is told whose results to look at.
The owner needs COR for the session and gas to open plants; the committer needs gas. Keep the store in the outbox's folder: a lost salt opens
nothing. Its stake is real, and a dispute over a planted result goes as any other: give it an owner of its own, with the least stake.

Example:
  $ cortensor planter --network http://10.0.0.5:8080 --prompts questions.txt`;
}
