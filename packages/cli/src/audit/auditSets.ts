import {
  compareBalances,
  compareReceipt,
  type Difference,
  placeInSet,
  type SetPlace,
  SettlementAudit,
} from "@cortensor/books";
import type { Bytes32, ReceiptDocument, SettlementSet } from "@cortensor/protocol";
import type { ReadSet } from "./readSets.js";
import type { ReplayedChain } from "./replayChain.js";

export type AuditedSettlement = {
  readonly settlementId: Bytes32;
  readonly setCid: Bytes32;
  readonly blockNumber: bigint;
  readonly debitedWei: bigint;
  /** Tasks of its set; undefined when there is none that counts. */
  readonly tasks?: number;
  /** Where the receipt's task stands in it. */
  readonly receipt?: SetPlace;
};

/** Audits settlements with their sets: one of them, or all in the order of the chain. One set in memory at a time. */
export async function auditSets(
  chain: ReplayedChain,
  parts: { readonly readSet: ReadSet; readonly id?: Bytes32; readonly document?: ReceiptDocument },
): Promise<{ readonly audited: readonly AuditedSettlement[]; readonly differences: readonly Difference[] }> {
  const { readSet, id, document } = parts;
  const audit = new SettlementAudit();
  const audited: AuditedSettlement[] = [];
  const ofReceipt: Difference[] = [];
  for (const replayed of chain.settlements) {
    const { lane, settlementId, setCid } = replayed.settled;
    if (id !== undefined && id !== settlementId) {
      audit.skip(replayed);
      continue;
    }
    const set = audit.take(replayed, await readSet(setCid));
    const receipt = set && document && placeInSet(set, document.receipt.taskId);
    if (document !== undefined && receipt?.kind === "present") {
      ofReceipt.push(...compareReceipt(document, { entry: receipt.entry, lane, settlementId }));
    }
    audited.push(describe(replayed, { set, receipt }));
  }
  const differences = [...chain.differences, ...(await compareHeads(chain)), ...audit.differences, ...ofReceipt];
  return { audited, differences };
}

function describe(
  { settled, blockNumber, debitedWei }: ReplayedChain["settlements"][number],
  { set, receipt }: { readonly set: SettlementSet | undefined; readonly receipt: SetPlace | undefined },
): AuditedSettlement {
  const { settlementId, setCid } = settled;
  const found = { ...(set && { tasks: set.entries.length }), ...(receipt && { receipt }) };
  return { settlementId, setCid, blockNumber, debitedWei, ...found };
}

/** Whether the settlements that were read are all there are: each lane's head chains every one of them. */
async function compareHeads(chain: ReplayedChain): Promise<readonly Difference[]> {
  const operators = new Map([...chain.state.operators].map(([lane, one]) => [lane, { ...one, credits: new Map() }]));
  const state = { accounts: new Map(), operators };
  return compareBalances(state, await chain.readSnapshot(state));
}
