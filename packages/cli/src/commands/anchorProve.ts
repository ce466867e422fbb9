import { ChainError, readLayerAnchor, toNetworkProfile } from "@cortensor/chain";
import { type Address, anchorFault, type Bytes32 } from "@cortensor/protocol";
import type { Command } from "commander";
import { proveRecord, type WantedRecord } from "../audit/proveRecord.js";
import { openPublicData } from "../audit/publicData.js";
import { openSets } from "../audit/readSets.js";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { findDeployPlace } from "../deploy/deployPlace.js";
import { writeFileWhole } from "../home/writeFileWhole.js";
import type { Act } from "../main.js";
import { parseAddressArgument, parseHash, wholeNumber } from "../parseArgument.js";
import { readReceiptFile } from "../receiptFile.js";

type ProveOptions = {
  readonly profile: string;
  readonly receipt?: string;
  readonly settlement?: Bytes32;
  readonly miner?: Address;
  readonly model?: Bytes32;
  readonly epoch?: number;
  readonly sets?: string;
  readonly out: string;
};

/** `cortensor anchor prove`: what `anchor verify` takes, made out of public data. */
export function addAnchorProve(anchor: Command, act: Act): void {
  anchor
    .command("prove")
    .description("Prove out of public data that a task, a payment or a score stands in an anchor on the L1.")
    .requiredOption("--profile <name|file>", "the deployed profile")
    .option("--receipt <file>", "prove this receipt's task, with its results")
    .option("--settlement <id>", "or a payment: a settlement", parseHash)
    .option("--miner <address>", "or a score: this miner's, with --model and --epoch", parseAddressArgument)
    .option("--model <id>", "the model of the score", parseHash)
    .option("--epoch <number>", "the epoch of the score", wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option(
      "--sets <folder|url>",
      "where the sets are: a folder, a router, or peers:<endpoint>,… (default: `settlements` in --home)",
    )
    .option("--out <file>", "where to write the proof", "proof.json")
    .addHelpText(
      "after",
      "\nExample:\n  $ cortensor anchor prove --profile networks/my.json --receipt receipt.json --sets https://router.example:8640",
    )
    .action((options: ProveOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => prove(context, options)),
    );
}

async function prove(context: CommandContext, options: ProveOptions): Promise<void> {
  const { output, paths, env, shutdown } = context;
  const { signal } = shutdown;
  const wanted = await wantedOf(options);
  const { profile: layers } = await findDeployPlace(paths.home, options.profile);
  const profile = toNetworkProfile(layers, env);
  const anchorSender = layers.deployed?.[layers.layers.l2]?.addresses.anchorSender;
  if (profile === undefined || anchorSender === undefined) {
    const missing = [
      `${layers.layers.l2}: what sends anchors, which stands on the L2 of a network over several chains`,
    ];
    throw new ChainError({ code: "CHAIN_INCOMPLETE", profile: layers.name, missing });
  }
  output.progress("anchor.proving", "Reading the public records");
  const data = openPublicData(profile, { readSet: openSets(options.sets ?? paths.settlements, signal), signal });
  const proof = await proveRecord(data, wanted, { anchorSender });
  const root = await readLayerAnchor(layers, { env, number: proof.anchor });
  const isThere = root !== undefined && anchorFault(proof, root) === undefined;
  await writeFileWhole(options.out, `${JSON.stringify(proof, undefined, 2)}\n`);
  const lines = [
    `Proof of a record of the ${proof.parts.kind} of epoch ${proof.parts.epoch}, in anchor ${proof.anchor}: ${options.out}`,
    isThere
      ? `Check it: cortensor anchor verify ${options.out} --profile ${options.profile}`
      : `Anchor ${proof.anchor} was sent and isn't on the L1 yet: it can be checked when it is.`,
  ];
  output.result(lines, { proof: options.out, anchor: proof.anchor, epoch: proof.parts.epoch, isAnchored: isThere });
}

async function wantedOf({ receipt, settlement, miner, model, epoch }: ProveOptions): Promise<WantedRecord> {
  const given = [receipt, settlement, miner].filter((one) => one !== undefined).length;
  if (given !== 1) throw bad("--receipt, --settlement or --miner", "one of them");
  if (receipt !== undefined) {
    const document = await readReceiptFile(receipt);
    if (document === undefined) throw new CliError({ code: "CLI_BAD_FILE", file: receipt, problem: "can't be read" });
    return { kind: "results", taskId: document.receipt.taskId };
  }
  if (settlement !== undefined) return { kind: "settlement", settlementId: settlement };
  if (miner === undefined || model === undefined || epoch === undefined)
    throw bad("--miner", "with --model and --epoch of the score");
  return { kind: "reputation", miner, modelId: model, epoch };
}

function bad(argument: string, expected: string): CliError {
  return new CliError({ code: "CLI_BAD_ARGUMENT", argument, expected });
}
