/** What an answer may be called, from the most that can be said to the least: replay settles a dispute about it; thresholds do; nothing does. */
export const PROOF_LABELS = ["proved", "statistical", "unproved"] as const;
export type ProofLabel = (typeof PROOF_LABELS)[number];
