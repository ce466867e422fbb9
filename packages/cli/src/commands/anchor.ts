import { readLayerAnchor } from "@cortensor/chain";
import { type AnchorProof, anchorFault, type Bytes32, parseAnchorProof, setEntryId } from "@cortensor/protocol";
import type { Command } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { findDeployPlace } from "../deploy/deployPlace.js";
import { readFileIfThere } from "../home/writeFileWhole.js";
import type { Act } from "../main.js";
import { readReceiptFile } from "../receiptFile.js";
import { addAnchorProve } from "./anchorProve.js";

type AnchorOptions = { readonly profile: string; readonly receipt?: string };

/** A leaf of results: the set's id of a task, and what its receipt names as its results. */
const RESULTS_LEAF_CHARS = 2 + 2 * 64;

/** `cortensor anchor`: what stands on the L1 of what happened on the layers below. */
export function addAnchor(program: Command, act: Act): void {
  const anchor = program.command("anchor").description("Check what stands on the L1 of the layers below.");
  addAnchorProve(anchor, act);
  anchor
    .command("verify <proof>")
    .description("Check a proof that a task, a payment or a score stands in an anchor, against the L1 alone.")
    .requiredOption("--profile <name|file>", "the deployed profile, whose L1 is asked")
    .option("--receipt <file>", "and that what it proves is this receipt's task")
    .addHelpText(
      "after",
      "\nExample:\n  $ cortensor anchor verify proof.json --profile networks/my.json --receipt receipt.json",
    )
    .action((file: string, options: AnchorOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => verify(context, file, options)),
    );
}

async function verify(context: CommandContext, file: string, options: AnchorOptions): Promise<void> {
  const proof = await readProof(file);
  const root = await anchorRoot(context, options.profile, proof.anchor);
  const fault = anchorFault(proof, root);
  if (fault === "record") throw notAnchored("its record isn't in the root that it names");
  if (fault === "anchor") throw notAnchored(`what it names isn't in anchor ${proof.anchor}`);
  const { subjectChainId, kind, fromEpoch, epoch } = proof.parts;
  const task = options.receipt === undefined ? undefined : await matchReceipt(proof, options.receipt);
  const epochs = fromEpoch === epoch ? `epoch ${epoch}` : `epochs ${fromEpoch} to ${epoch}`;
  const lines = [
    `Valid: a record of the ${kind} of chain ${subjectChainId} in ${epochs}, by anchor ${proof.anchor}.`,
    ...(task === undefined ? [] : [`  Task ${task}, with the results that its receipt names`]),
  ];
  const shown = { subjectChainId, kind, fromEpoch, epoch, leaf: proof.leaf, anchor: proof.anchor, anchorRoot: root };
  context.output.result(lines, { valid: true, ...shown, ...(task && { task }) });
}

async function readProof(file: string): Promise<AnchorProof> {
  const text = await readFileIfThere(file);
  if (text === undefined) throw new CliError({ code: "CLI_BAD_FILE", file, problem: "can't be read" });
  try {
    return parseAnchorProof(JSON.parse(text));
  } catch (cause) {
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: "is no proof of an anchor" }, { cause });
  }
}

async function anchorRoot({ paths, env }: CommandContext, named: string, number: number): Promise<Bytes32> {
  const { profile } = await findDeployPlace(paths.home, named);
  const root = await readLayerAnchor(profile, { env, number });
  if (root === undefined) throw notAnchored(`there is no anchor ${number}`);
  return root;
}

/** The task of a receipt whose results the proof's record names. */
async function matchReceipt({ parts, leaf }: AnchorProof, file: string): Promise<string> {
  const document = await readReceiptFile(file);
  if (document === undefined) throw new CliError({ code: "CLI_BAD_FILE", file, problem: "can't be read" });
  const { taskId, resultsHash } = document.receipt;
  const expected = `${setEntryId(taskId)}${resultsHash.slice(2)}`;
  if (parts.kind !== "results" || leaf.length !== RESULTS_LEAF_CHARS || leaf !== expected)
    throw notAnchored(`it proves another record than task ${taskId}`);
  return taskId;
}

function notAnchored(reason: string): CliError {
  return new CliError({ code: "CLI_NOT_ANCHORED", reason });
}
