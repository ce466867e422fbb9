import { findAnchor, type LayerProfile, readHead, readLayerAnchor, toNetworkProfile } from "@cortensor/chain";
import {
  type AnchorProof,
  anchorProof,
  bytesToHex,
  type EpochLeaves,
  epochRoot,
  packLeaves,
  type ReceiptDocument,
  setEntryId,
} from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import type { Command } from "commander";
import { rangeOf } from "../audit/auditEpoch.js";
import { openPublicData } from "../audit/publicData.js";
import type { PublicRecords } from "../audit/publicRecords.js";
import { openSets } from "../audit/readSets.js";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { findDeployPlace } from "../deploy/deployPlace.js";
import { writeFileWhole } from "../home/writeFileWhole.js";
import type { Act } from "../main.js";
import { readReceiptFile } from "../receiptFile.js";

/** Between two looks with `--wait`: an epoch's roots take minutes to come up. */
const LOOK_MS = 3_000;

type ProveOptions = { readonly profile: string; readonly sets?: string; readonly out: string; readonly wait?: true };

/** `cortensor anchor prove`: from public data, what shows with the L1 alone that a receipt's task was settled. */
export function addAnchorProve(anchor: Command, act: Act): void {
  anchor
    .command("prove <receipt>")
    .description("Make the proof that a receipt's task stands in an anchor on the L1, from public data.")
    .requiredOption("--profile <name|file>", "the deployed profile")
    .requiredOption("--out <file>", "where the proof is written")
    .option("--sets <folder|url>", "where the sets are: a folder, or a router (default: `settlements` in --home)")
    .option("--wait", "wait until it stands on the L1")
    .addHelpText(
      "after",
      "\nExample:\n  $ cortensor anchor prove receipt.json --profile networks/my.json --out proof.json",
    )
    .action((file: string, options: ProveOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => prove(context, file, options)),
    );
}

async function prove(context: CommandContext, file: string, options: ProveOptions): Promise<void> {
  const { env, paths, shutdown, output } = context;
  const document = await readReceiptFile(file);
  if (document === undefined) throw new CliError({ code: "CLI_BAD_FILE", file, problem: "can't be read" });
  const { profile: layers } = await findDeployPlace(paths.home, options.profile);
  const profile = toNetworkProfile(layers, env);
  if (profile === undefined) throw notAnchored(`${layers.name} isn't deployed whole`);
  const { signal } = shutdown;
  const readSet = openSets(options.sets ?? paths.settlements, signal);
  const look = async () => {
    // Anew each time: what is read of a chain is of one moment.
    const records = await openPublicData(profile, { readSet, signal }).readRecords(Number.MAX_SAFE_INTEGER);
    const found = await findResults(records, document);
    return { found, proof: await toProof({ env, layers, records }, found) };
  };
  const { found, proof } = await (options.wait === true ? untilAnchored(look, signal) : look());
  await writeFileWhole(options.out, `${JSON.stringify(proof)}\n`);
  const { epoch } = found.root.parts;
  const { taskId } = document.receipt;
  output.result([`Task ${taskId} is in the results of epoch ${epoch}, by anchor ${proof.anchor}: ${options.out}`], {
    ...{ taskId, epoch, anchor: proof.anchor, proof: options.out },
  });
}

async function untilAnchored<Value>(look: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof CliError && error.data.code === "CLI_NOT_ANCHORED")) throw error;
    }
    await systemClock.sleep(LOOK_MS, signal);
  }
}

type FoundResults = { readonly of: EpochLeaves; readonly root: ReturnType<typeof epochRoot>; readonly index: number };

/** The posted root of results that a receipt's task is in, made again from the public sets. */
async function findResults(records: PublicRecords, { receipt }: ReceiptDocument): Promise<FoundResults> {
  const { profile } = records.chain;
  const wanted = `${setEntryId(receipt.taskId)}${receipt.resultsHash.slice(2)}`;
  const posted = records.posted.filter(({ kind }) => kind === "results").sort((one, two) => one.epoch - two.epoch);
  let fromEpoch = 0;
  for (const { epoch, root: attested } of posted) {
    const leaves = await records.tasksIn(await rangeOf(records, { fromEpoch, epoch }));
    if (leaves === undefined) throw notAnchored(`a set of epochs ${fromEpoch} to ${epoch} isn't shown`);
    const of = { kind: "results", leaves } as const;
    const index = packLeaves(of)
      .map(bytesToHex)
      .sort()
      .indexOf(`0x${wanted.slice(2)}`);
    if (index >= 0) {
      const root = epochRoot({ subjectChainId: profile.chainId, fromEpoch, epoch }, of);
      if (root.root !== attested) throw notAnchored(`the results of epoch ${epoch} aren't what guards attested`);
      return { of, root, index };
    }
    fromEpoch = epoch + 1;
  }
  throw notAnchored(`no root of results has task ${receipt.taskId} yet`);
}

async function toProof(
  {
    env,
    layers,
    records,
  }: { readonly env: CommandContext["env"]; readonly layers: LayerProfile; readonly records: PublicRecords },
  { of, root, index }: FoundResults,
): Promise<AnchorProof> {
  const { chain } = records;
  const { subjectChainId, kind, epoch } = root.parts;
  const anchorSender = layers.deployed?.[layers.layers.l2]?.addresses.anchorSender;
  if (anchorSender === undefined) throw notAnchored("all layers of this network are one chain");
  const { attestations } = chain.profile.addresses;
  const { blockNumber: toBlock } = await readHead(chain);
  const at = { anchorSender, attestations, fromBlock: chain.profile.deployBlock, toBlock };
  const sent = await findAnchor(chain.client, at, { subjectChainId, kind, epoch });
  if (sent === undefined) throw notAnchored(`the results of epoch ${epoch} aren't sent to the L1 yet`);
  if ((await readLayerAnchor(layers, { env, number: sent.number })) === undefined)
    throw notAnchored(`anchor ${sent.number}, which has the results of epoch ${epoch}, hasn't come to the L1 yet`);
  return anchorProof(of, { root, index, anchor: sent.number, anchorPath: sent.anchorPath });
}

function notAnchored(reason: string): CliError {
  return new CliError({ code: "CLI_NOT_ANCHORED", reason });
}
