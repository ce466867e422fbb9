import { ChainError, readLayerAnchor, toNetworkProfile } from "@cortensor/chain";
import { type Address, type AnchorProof, anchorFault, type Bytes32 } from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
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

/** Between two looks with `--wait`: an epoch's roots take minutes to come up. */
const LOOK_MS = 3_000;

type ProveOptions = {
  readonly profile: string;
  readonly settlement?: Bytes32;
  readonly miner?: Address;
  readonly model?: Bytes32;
  readonly epoch?: number;
  readonly sets?: string;
  readonly out: string;
  readonly wait?: true;
};

/** `cortensor anchor prove`: what `anchor verify` takes, made out of public data. */
export function addAnchorProve(anchor: Command, act: Act): void {
  anchor
    .command("prove [receipt]")
    .description("Prove out of public data that a receipt's task, a payment or a score stands in an anchor on the L1.")
    .requiredOption("--profile <name|file>", "the deployed profile")
    .option("--settlement <id>", "in place of a receipt, a payment: a settlement", parseHash)
    .option("--miner <address>", "or a score: this miner's, with --model and --epoch", parseAddressArgument)
    .option("--model <id>", "the model of the score", parseHash)
    .option("--epoch <number>", "the epoch of the score", wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option(
      "--sets <folder|url>",
      "where the sets are: a folder, a router, or peers:<endpoint>,… (default: `settlements` in --home)",
    )
    .option("--out <file>", "where the proof is written", "proof.json")
    .option("--wait", "wait until it stands on the L1")
    .addHelpText(
      "after",
      "\nExample:\n  $ cortensor anchor prove receipt.json --profile networks/my.json --sets https://router.example:8640 --wait",
    )
    .action((receipt: string | undefined, options: ProveOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => prove(context, receipt, options)),
    );
}

async function prove(context: CommandContext, receipt: string | undefined, options: ProveOptions): Promise<void> {
  const { output, paths, env, shutdown } = context;
  const { signal } = shutdown;
  const wanted = await wantedOf(receipt, options);
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
  const readSet = openSets(options.sets ?? paths.settlements, signal);
  const look = async (): Promise<AnchorProof> => {
    // Anew each time: what is read of a chain is of one moment.
    const proof = await proveRecord(openPublicData(profile, { readSet, signal }), wanted, { anchorSender });
    const root = await readLayerAnchor(layers, { env, number: proof.anchor });
    if (root !== undefined && anchorFault(proof, root) === undefined) return proof;
    throw notAnchored(`anchor ${proof.anchor}, which has it, hasn't come to the L1 yet`);
  };
  const proof = options.wait === true ? await untilAnchored(look, context) : await look();
  await writeFileWhole(options.out, `${JSON.stringify(proof, undefined, 2)}\n`);
  const { kind, epoch } = proof.parts;
  const lines = [
    `A record of the ${kind} of epoch ${epoch} is in anchor ${proof.anchor}: ${options.out}`,
    `  check it with: cortensor anchor verify ${options.out} --profile ${options.profile}`,
  ];
  output.result(lines, { kind, epoch, anchor: proof.anchor, proof: options.out });
}

/** Says each reason once, and looks again. */
async function untilAnchored(
  look: () => Promise<AnchorProof>,
  { output, shutdown }: CommandContext,
): Promise<AnchorProof> {
  let said: string | undefined;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof CliError && error.data.code === "CLI_NOT_ANCHORED")) throw error;
      const { reason } = error.data;
      if (reason !== said) output.progress("anchor.waiting", `Waiting: ${reason}`, { reason });
      said = reason;
    }
    await systemClock.sleep(LOOK_MS, shutdown.signal);
  }
}

async function wantedOf(receipt: string | undefined, options: ProveOptions): Promise<WantedRecord> {
  const { settlement, miner, model, epoch } = options;
  const given = [receipt, settlement, miner].filter((one) => one !== undefined).length;
  if (given !== 1) throw bad("a receipt, --settlement or --miner", "one of them");
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

function notAnchored(reason: string): CliError {
  return new CliError({ code: "CLI_NOT_ANCHORED", reason });
}
