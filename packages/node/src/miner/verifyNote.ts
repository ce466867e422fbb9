import { type Address, type Bytes32, type CreditNote, hashCreditNote } from "@cortensor/protocol";
import type { AuthorisedPeer } from "@cortensor/wire";

export type NoteVerdict =
  /** It promises everything that receipts have promised. */
  | { readonly kind: "covering" }
  /** Higher than the one before, but less than the receipts: the rest is still owed. */
  | { readonly kind: "short"; readonly missingWei: bigint }
  /** Another router of the operator was faster. */
  | { readonly kind: "older" }
  | { readonly kind: "refused"; readonly reason: RefusedNote };

export type RefusedNote = "wrongPayee" | "wrongOperator" | "countFell" | "unproven";

/** What a credit note is worth to a miner, held against its own sum of receipts. */
export function verifyNote(parts: {
  readonly note: CreditNote;
  readonly self: Address;
  /** The router that sends it, as its certificate proves it. */
  readonly router: AuthorisedPeer;
  /** The operator's note that is kept. */
  readonly known: CreditNote | undefined;
  /** Nets of all receipts of this operator that came. */
  readonly receivedWei: bigint;
  /** Whether that router signed a batch with this struct in it. */
  readonly isProven: (structHash: Bytes32) => boolean;
}): NoteVerdict {
  const { note, self, router, known, receivedWei, isProven } = parts;
  if (note.payee !== self) return refused("wrongPayee");
  if (note.operator !== router.owner) return refused("wrongOperator");
  if (!isProven(hashCreditNote(note))) return refused("unproven");
  if (known !== undefined && note.cumulativeWei <= known.cumulativeWei) return { kind: "older" };
  if (known !== undefined && note.count <= known.count) return refused("countFell");
  const missingWei = receivedWei - note.cumulativeWei;
  return missingWei > 0n ? { kind: "short", missingWei } : { kind: "covering" };
}

function refused(reason: RefusedNote): NoteVerdict {
  return { kind: "refused", reason };
}
