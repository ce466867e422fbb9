import { rollupConfig, rollupDeployConfig, rollupVerifierConfig } from "@cortensor/rollup";
import { formatConfigHelp } from "@cortensor/runtime";
import { type Command, InvalidArgumentError } from "commander";
import type { GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { parsePort } from "../parseArgument.js";
import { type DeployRollupOptions, deployRollup } from "../rollup/deployRollup.js";
import { type ServeRollupOptions, serveRollup } from "../rollup/serveRollup.js";
import { verifyRollup } from "../rollup/verifyRollup.js";

type DeployFlags = Omit<DeployRollupOptions, "isUpper"> & { readonly onRollup?: boolean };

/** `cortensor rollup`: an OP Stack chain of this machine, by the stack's own contracts. */
export function addRollup(program: Command, act: Act): void {
  const rollup = program
    .command("rollup")
    .description("An OP Stack chain above another, by the stack's own contracts and a sequencer of ours.");
  rollup
    .command("deploy <file>")
    .description("Set a chain's contracts up on its parent, and write what it is to a new file.")
    .requiredOption("--parent <url>", "RPC of the parent")
    .requiredOption("--chain-id <id>", "id of the new chain", parseCount)
    .requiredOption("--batcher <address>", "whose transactions hold the chain's blocks", parseAddress)
    .requiredOption("--proposer <address>", "who posts outputs", parseAddress)
    .requiredOption("--challenger <address>", "who may remove outputs within their window, for good", parseAddress)
    .option("--depth <blocks>", "parent blocks above one that counts", parseCount, 0)
    .option("--output-blocks <blocks>", "blocks from one output to the next", parseCount, 10)
    .option("--window <seconds>", "time that outputs and proofs wait", parseCount, 604_800)
    .option(
      "--silence <seconds>",
      "let members leave by the last state when nobody answers them for so long",
      parseCount,
    )
    .option("--on-rollup", "the parent is such a chain itself: batches are smaller")
    .addHelpText("after", help("deploy chain.json --parent … --chain-id 90002 --batcher 0x…", rollupDeployConfig))
    .action((file: string, { onRollup, ...options }: DeployFlags, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) =>
        deployRollup(context, file, { ...options, isUpper: onRollup === true }),
      ),
    );
  rollup
    .command("serve <file>")
    .description("Make a chain's blocks and answer JSON-RPC on 127.0.0.1, until stopped.")
    .requiredOption("--parent <url>", "RPC of the parent")
    .option("--port <port>", "port on 127.0.0.1", parsePort, 9_545)
    .addHelpText("after", help("serve chain.json --parent http://127.0.0.1:8545", rollupConfig))
    .action((file: string, options: ServeRollupOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => serveRollup(context, file, options)),
    );
  rollup
    .command("verify <file>")
    .description("Derive a chain anew from its parent, and remove outputs that don't follow, until stopped.")
    .requiredOption("--parent <url>", "RPC of the parent")
    .addHelpText("after", help("verify chain.json --parent http://127.0.0.1:8545 --json", rollupVerifierConfig))
    .action((file: string, options: { readonly parent: string }, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => verifyRollup(context, file, options)),
    );
}

function help(example: string, table: Parameters<typeof formatConfigHelp>[0]): string {
  const settings = formatConfigHelp(table).map((line) => `  ${line}`);
  return `\nSettings, from the environment:\n${settings.join("\n")}\n\nExample:\n  $ cortensor rollup ${example}`;
}

function parseCount(text: string): number {
  if (/^(0|[1-9]\d{0,8})$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a whole number.");
}

function parseAddress(text: string): `0x${string}` {
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return `0x${text.slice(2).toLowerCase()}`;
  throw new InvalidArgumentError("Expected an address: 0x and 40 hex digits.");
}
