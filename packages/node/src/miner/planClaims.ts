import type { ListedClaim } from "@cortensor/chain";
import { type Address, findSplits, netWei } from "@cortensor/protocol";
import type { NoteNotice, ProvenAcknowledgement, ReceiptNotice, ReofferedResult } from "@cortensor/wire";
import type { NoteBook } from "./noteBook.js";
import { type EntryName, entryKey, type OutboxEntry } from "./outboxEntry.js";

/** A result may still get its receipt for this long; one that a router refused to pay is claimed at once. */
export const CLAIM_AFTER_MS = 60 * 60 * 1000;

/** One claim on a router operator's bond, with all that proves it. `wei`: what it may bring beyond what is credited. */
export type ClaimPlan = { readonly operator: Address; readonly wei: bigint; readonly baseline?: NoteNotice } & (
  | { readonly kind: "note"; readonly note: NoteNotice }
  | { readonly kind: "receipt"; readonly receipt: ReceiptNotice; readonly index: number }
  | {
      readonly kind: "checkpoint";
      readonly assignment: ReofferedResult["assignment"];
      readonly assigned: NonNullable<ReofferedResult["assignmentProof"]>;
      readonly acknowledged: ProvenAcknowledgement;
    }
);

/**
 * What a miner can claim: each operator's note beyond what it was credited, the receipts that no note covers, and results that were
 * acknowledged and never receipted. Nothing that it has claimed before.
 */
export function planClaims(parts: {
  readonly self: Address;
  readonly notes: Pick<NoteBook, "operators" | "noteOf" | "unnoted">;
  readonly results: readonly OutboxEntry[];
  readonly creditedWeiOf: (operator: Address) => bigint;
  readonly claims: readonly ListedClaim[];
  readonly nowMs: number;
}): readonly ClaimPlan[] {
  const { self, notes, results, claims, creditedWeiOf, nowMs } = parts;
  const claimedSegments = new Set(claims.map((claim) => `${claim.operator}.${entryKey(claim)}`));
  const isClaimed = (operator: Address, name: EntryName): boolean =>
    claimedSegments.has(`${operator}.${entryKey(name)}`);
  const operators = new Set([...notes.operators(), ...results.map(({ operator }) => operator)]);
  return [...operators].sort().flatMap((operator): readonly ClaimPlan[] => {
    const note = notes.noteOf(operator);
    const shared = { operator, ...(note === undefined ? {} : { baseline: note }) };
    const due = results.filter((entry) => entry.operator === operator && isDue(entry, nowMs));
    return [
      ...(note === undefined ? [] : claimOnNote({ note, claims, creditedWei: creditedWeiOf(operator) })),
      ...notes
        .unnoted(operator)
        .flatMap((receipt) =>
          claimsOnReceipt(receipt, { self, shared, isClaimed: (name) => isClaimed(operator, name) }),
        ),
      ...due.flatMap(({ reoffered }) =>
        isClaimed(operator, reoffered.result) ? [] : claimOnCheckpoint(reoffered, shared),
      ),
    ];
  });
}

type Shared = Pick<ClaimPlan, "operator" | "baseline">;

function isDue({ isDisputed, storedAtMs }: OutboxEntry, nowMs: number): boolean {
  return isDisputed || nowMs - storedAtMs >= CLAIM_AFTER_MS;
}

function claimOnNote(parts: {
  readonly note: NoteNotice;
  readonly claims: readonly ListedClaim[];
  readonly creditedWei: bigint;
}): readonly ClaimPlan[] {
  const { operator, cumulativeWei } = parts.note.note;
  const isClaimed = parts.claims.some(
    (claim) => claim.operator === operator && claim.kind === "note" && claim.dueWei >= cumulativeWei,
  );
  const wei = cumulativeWei - parts.creditedWei;
  return isClaimed || wei <= 0n ? [] : [{ kind: "note", operator, note: parts.note, wei }];
}

function claimsOnReceipt(
  receipt: ReceiptNotice,
  parts: { readonly self: Address; readonly shared: Shared; readonly isClaimed: (name: EntryName) => boolean },
): readonly ClaimPlan[] {
  const splits = findSplits(receipt.receipt.splitsHash);
  if (splits === undefined) return [];
  const { taskId } = receipt.receipt;
  return receipt.payees.flatMap(({ miner, replica, segment, wei: feeWei }, index) => {
    const wei = netWei(feeWei, splits);
    if (miner !== parts.self || wei === 0n || parts.isClaimed({ taskId, replica, segment })) return [];
    return [{ ...parts.shared, kind: "receipt" as const, receipt, index, wei }];
  });
}

function claimOnCheckpoint(reoffered: ReofferedResult, shared: Shared): readonly ClaimPlan[] {
  const { assignment, assignmentProof: assigned, acknowledged } = reoffered;
  if (assigned === undefined || acknowledged === undefined) return [];
  const made = acknowledged.acknowledgement.position - assignment.from;
  const wei = BigInt(Math.max(0, made)) * assignment.weiPerTokenOut;
  return wei === 0n ? [] : [{ ...shared, kind: "checkpoint", assignment, assigned, acknowledged, wei }];
}
