import { type Equivocation, encodeEquivocation, equivocatorOf } from "../guards/equivocation.js";
import type { Address } from "../primitives.js";
import { encodeOutboxEquivocation, type OutboxEquivocation, outboxEquivocatorOf } from "./outboxEquivocation.js";

/** Two roots that one guard signed where there may be one: of attestations, or of a messenger's outbox. */
export type GuardOffence = Equivocation | OutboxEquivocation;

/** Who signed both. Throws as `equivocatorOf` does. */
export function offenderOf(proof: GuardOffence): Address {
  return "way" in proof ? outboxEquivocatorOf(proof) : equivocatorOf(proof);
}

/** What the contracts take: 237 bytes, or 256 of an outbox. */
export function encodeOffence(proof: GuardOffence): Uint8Array {
  return "way" in proof ? encodeOutboxEquivocation(proof) : encodeEquivocation(proof);
}
