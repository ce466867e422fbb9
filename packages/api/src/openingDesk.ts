import type { OpeningFault, SentShare, SharedKey, SignedOpeningAsk, SignedShareRelease } from "@cortensor/protocol";

/** A guard's part in opening sampled tasks: see docs/SEALING.md. */
export type OpeningDesk = {
  /** Its prekey bundles, newest first, encoded: what shares are sealed to. */
  bundles(): readonly Uint8Array[];
  /** Releases this guard's share of a task, once that stands in its log. `notMine`: no share is sealed to it, or by a prekey that is destroyed. */
  release(
    signed: SignedOpeningAsk,
    shared: SharedKey,
  ): Promise<
    | { readonly kind: "released"; readonly sent: SentShare }
    | { readonly kind: "refused"; readonly fault: OpeningFault | "notMine" | "busy" }
  >;
  /** What it released, from an entry on, at most so many. */
  log(from: number, most: number): readonly SignedShareRelease[];
};
