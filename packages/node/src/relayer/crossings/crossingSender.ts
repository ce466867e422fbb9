import {
  type ChainWriter,
  type LayerCrossing,
  type LinkEnd,
  proveStake,
  readStakeProof,
  reportBlock,
  reportNodes,
  type SentCall,
  sendAnchor,
  syncStake,
} from "@cortensor/chain";
import { assert } from "@cortensor/protocol";
import type { RelayCost } from "../linkCarrier.js";
import { costOf } from "../relayCost.js";
import type { CrossingAct } from "./nextCrossings.js";

/** Who pays on each chain of a crossing. */
export type CrossingPayers = {
  readonly parent: Pick<ChainWriter, "send">;
  readonly child: Pick<ChainWriter, "send">;
};

/** Gas of one more in a batch, and of what every transaction has: estimates, above what each takes on a local chain. */
const BASE_GAS = 150_000n;
const NODE_GAS = 150_000n;
const PROOF_GAS = 900_000n;
/** A vault tells up to four mirrors. */
const SYNC_GAS = 400_000n;
const REF_GAS = 10_000n;

/** On which of its chains an act is sent. */
export function sideOf({ kind }: CrossingAct): "parent" | "child" {
  return kind === "proveStake" || kind === "sendAnchor" ? "child" : "parent";
}

/** No less gas than an act takes. */
export function mostGasOf(act: CrossingAct): bigint {
  switch (act.kind) {
    case "reportNodes":
      return BASE_GAS + NODE_GAS * BigInt(act.signers.length);
    case "sendAnchor":
      return BASE_GAS + REF_GAS * BigInt(act.refs.length);
    case "proveStake":
      return BASE_GAS + PROOF_GAS;
    case "syncStake":
      return BASE_GAS + SYNC_GAS;
    case "reportBlock":
      return BASE_GAS;
  }
}

/** Sends one act. Throws what the chain's writer does. */
export async function sendAct(
  {
    crossing,
    payers,
    provableIn,
  }: {
    readonly crossing: LayerCrossing;
    readonly payers: CrossingPayers;
    readonly provableIn: bigint | undefined;
  },
  act: CrossingAct,
): Promise<RelayCost> {
  const { nodes, parent } = crossing;
  const end: LinkEnd = crossing[sideOf(act)];
  const paid = async (sent: Promise<SentCall>) => costOf(end, await sent);
  if (act.kind === "reportNodes") {
    return paid(reportNodes(payers.parent, { reporter: nodes.reporter, signers: act.signers }));
  }
  if (act.kind === "sendAnchor") {
    const { anchoring } = crossing;
    assert(anchoring !== undefined, "roots are read where they are anchored");
    return paid(sendAnchor(payers.child, { anchorSender: anchoring.sender, refs: act.refs }));
  }
  const { stakes } = crossing;
  assert(stakes !== undefined, "stakes are read where a mirror has them");
  if (act.kind === "reportBlock") return paid(reportBlock(payers.parent, stakes.blockReporter));
  const { operator } = act;
  if (act.kind === "syncStake") return paid(syncStake(payers.parent, { vault: stakes.vault, operator }));
  const at = { vault: stakes.vault, operator, ...(provableIn !== undefined && { blockNumber: provableIn }) };
  const { proof } = await readStakeProof(parent.client, at);
  return paid(proveStake(payers.child, { mirror: stakes.mirror, operator, proof }));
}
