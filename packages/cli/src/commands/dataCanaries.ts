import { createCortensor } from "@cortensor/sdk";
import type { Command } from "commander";
import { canaryStore } from "../canaryStore.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { findRouterUrl } from "../networkAccess.js";

/** `cortensor data canaries`: what this home's clients found of miners by questions of their own. */
export function addDataCanaries(data: Command, act: Act): void {
  data
    .command("canaries")
    .description("Say what canaries among this home's sealed questions found of miners, and whom its clients avoid.")
    .addHelpText("after", "\nExample:\n  $ cortensor data canaries --json")
    .action((_options: object, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => showCanaries(context)),
    );
}

async function showCanaries(context: CommandContext): Promise<void> {
  const baseUrl = await findRouterUrl(context, undefined);
  const miners = await createCortensor({ baseUrl, canaries: { store: canaryStore(context) } }).canaries.miners();
  const lines = miners.flatMap(({ miner, right, wrong, isAvoided, faults }) => [
    `${miner}  ${right} right, ${wrong} wrong${isAvoided ? ", avoided" : ""}`,
    ...faults.map(({ taskId, against }) => `  ${taskId} against ${against.join(", ")}`),
  ]);
  context.output.result(lines.length === 0 ? ["No canary has been answered yet."] : lines, { miners });
}
