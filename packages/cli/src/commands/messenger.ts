import type { Command } from "commander";
import type { GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { testMessenger } from "../messenger/testMessenger.js";
import { wholeNumber } from "../parseArgument.js";

/** Seeds of one test: each takes a few seconds. */
const RUNS_MAX = 10_000;

/** `cortensor messenger test`: the conformance suite for adapters between chains. */
export function addMessenger(program: Command, act: Act): void {
  const messenger = program.command("messenger").description("Adapters that carry messages between chains.");
  messenger
    .command("test <package>")
    .description("Deploy both ends of an adapter on two local chains, and hold it to what every messenger has to do.")
    .option("--runs <count>", "seeds of faulty relayers", wholeNumber(0, RUNS_MAX), 3)
    .addHelpText("after", EXAMPLE)
    .action((target: string, options: { readonly runs: number }, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => testMessenger(context, { target, ...options })),
    );
}

const EXAMPLE = `
The package, or the file, exports \`messengerAdapter\`: how its ends are deployed, and a carrier that relayers use (docs/contracts/Messengers.md).
\`quorum\` and \`sameChain\` are the network's own. Ends with 1, and a sentence for each fault, when it does other than it has to.

Examples:
  $ cortensor messenger test quorum
  $ cortensor messenger test ./adapter.mjs --runs 100`;
