import { createHash } from "node:crypto";
import { type Blockhash, blockhash, getBase58Decoder } from "@solana/kit";

export const COMMITMENTS = ["processed", "confirmed", "finalized"] as const;
export type SvmCommitment = (typeof COMMITMENTS)[number];

/** How this cluster's time goes, and how deep a slot lies until it counts. */
export type SlotRules = {
  readonly slotMs: number;
  /** Slots above one that is confirmed. */
  readonly confirmedSlots: number;
  /** Slots above one that is final. */
  readonly finalSlots: number;
};

/** As Solana's: a slot each 400 ms, final after 32. */
export const SOLANA_SLOTS: SlotRules = { slotMs: 400, confirmedSlots: 2, finalSlots: 32 };

/** The last slot that has a commitment. Never below 0: the first slot is final. */
export function slotAt(commitment: SvmCommitment, slot: number, rules: SlotRules): number {
  const depth = { processed: 0, confirmed: rules.confirmedSlots, finalized: rules.finalSlots }[commitment];
  return Math.max(0, slot - depth);
}

/** How far a transaction's slot is. */
export function commitmentOf(at: number, cluster: { slotAt(commitment: SvmCommitment): number }): SvmCommitment {
  if (at <= cluster.slotAt("finalized")) return "finalized";
  return at <= cluster.slotAt("confirmed") ? "confirmed" : "processed";
}

/** The blockhash of a slot, or, of slot −1, the hash that names the cluster. `fork` counts the slots that were dropped. */
export function hashOfSlot(seed: Uint8Array, slot: number, fork: number): Blockhash {
  const hash = createHash("sha256").update("cortensor-svm").update(seed).update(`${slot}:${fork}`).digest();
  return blockhash(getBase58Decoder().decode(hash));
}
