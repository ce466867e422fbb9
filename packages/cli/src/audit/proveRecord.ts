import { createChainReader, findAnchor, readHead } from "@cortensor/chain";
import {
  type Address,
  type AnchorProof,
  type AttestationKind,
  anchorProof,
  type Bytes32,
  bytesToHex,
  type EpochLeaves,
  type Hex,
  packLeaves,
  recordEpochAt,
  setEntryId,
} from "@cortensor/protocol";
import { CliError } from "../cliError.js";
import { computeRoot } from "./computeRoot.js";
import type { PublicData } from "./publicData.js";

/** Which record is to be proved. */
export type WantedRecord =
  | { readonly kind: "results"; readonly taskId: Bytes32 }
  | { readonly kind: "settlement"; readonly settlementId: Bytes32 }
  | { readonly kind: "reputation"; readonly miner: Address; readonly modelId: Bytes32; readonly epoch: number };

/**
 * Proves out of public data that a record stands in an anchor that was sent: whoever has the anchor's root of the L1 needs nobody's word for it. Throws
 * CLI_NOT_ANCHORED, saying what isn't there yet or isn't shown.
 */
export async function proveRecord(
  data: PublicData,
  wanted: WantedRecord,
  { anchorSender }: { readonly anchorSender: Address },
): Promise<AnchorProof> {
  const { profile, work } = data;
  const { kind } = wanted;
  const records = await data.readRecords(Number.POSITIVE_INFINITY);
  const from = await epochOf(data, wanted);
  const epoch = postedFrom(records.posted, { kind, from });
  if (epoch === undefined) throw notAnchored(`guards haven't posted the ${kind} of epoch ${from} yet`);
  const { posted, computed } = await computeRoot(records, { profile, kind, epoch, work });
  if (computed === undefined) throw notAnchored(`nobody shows all ${kind} of epoch ${epoch}: name where with --sets`);
  if (computed.root.root !== posted)
    throw notAnchored(`public records of epoch ${epoch} have root ${computed.root.root}, guards posted ${posted}`);
  const packed = wantedLeaf(computed.leaves, wanted);
  const index = packed === undefined ? -1 : packLeaves(computed.leaves).map(bytesToHex).sort().indexOf(packed);
  if (index === -1) throw notAnchored(`the ${kind} of epoch ${epoch} have no such record`);

  const chain = createChainReader({ profile });
  const { attestations } = profile.addresses;
  const range = { fromBlock: profile.deployBlock, toBlock: (await readHead(chain)).blockNumber };
  const ref = { subjectChainId: profile.chainId, kind, epoch };
  const found = await findAnchor(chain.client, { anchorSender, attestations, ...range }, ref);
  if (found === undefined)
    throw notAnchored(
      `nobody has sent the ${kind} of epoch ${epoch} to the L1 yet: \`cortensor relay --profile\` does`,
    );
  const { number: anchor, anchorPath } = found;
  return anchorProof(computed.leaves, { root: computed.root, index, anchor, anchorPath });
}

/** Whose records have it. */
async function epochOf(data: PublicData, wanted: WantedRecord): Promise<number> {
  if (wanted.kind === "reputation") return wanted.epoch;
  const { tasks } = await data.readSettled(Number.POSITIVE_INFINITY);
  if (wanted.kind === "results") {
    const id = setEntryId(wanted.taskId);
    const task = tasks.find(({ entry }) => entry.id === id);
    if (task === undefined) throw notAnchored(`no settlement's published set has task ${wanted.taskId}`);
    return task.epoch;
  }
  const { settlementId } = wanted;
  const paid = tasks.find(({ settlement }) => settlement.settled.settlementId === settlementId);
  if (paid === undefined) throw notAnchored(`there is no settlement ${settlementId} whose set is published`);
  return recordEpochAt(data.profile, paid.settlement.atSeconds);
}

/** The first root that covers an epoch: one that stayed empty is the next one's. */
function postedFrom(
  posted: readonly { readonly kind: AttestationKind; readonly epoch: number }[],
  { kind, from }: { readonly kind: AttestationKind; readonly from: number },
): number | undefined {
  const epochs = posted.filter((one) => one.kind === kind && one.epoch >= from).map(({ epoch }) => epoch);
  return epochs.length === 0 ? undefined : Math.min(...epochs);
}

/** The record as its root packs it. */
function wantedLeaf(of: EpochLeaves, wanted: WantedRecord): Hex | undefined {
  const one = only(of, wanted);
  const [packed] = one === undefined ? [] : packLeaves(one);
  return packed === undefined ? undefined : bytesToHex(packed);
}

function only(of: EpochLeaves, wanted: WantedRecord): EpochLeaves | undefined {
  if (of.kind === "results" && wanted.kind === "results") {
    const id = setEntryId(wanted.taskId);
    return { kind: of.kind, leaves: of.leaves.filter((leaf) => leaf.id === id) };
  }
  if (of.kind === "settlement" && wanted.kind === "settlement")
    return { kind: of.kind, leaves: of.leaves.filter(({ settlementId }) => settlementId === wanted.settlementId) };
  if (of.kind === "reputation" && wanted.kind === "reputation") {
    const { miner, modelId } = wanted;
    return { kind: of.kind, leaves: of.leaves.filter((leaf) => leaf.miner === miner && leaf.modelId === modelId) };
  }
  return undefined;
}

function notAnchored(reason: string): CliError {
  return new CliError({ code: "CLI_NOT_ANCHORED", reason });
}
