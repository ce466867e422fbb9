/** A datum that an audit needs and can't have: what rests on it isn't audited. Not a difference: nobody said anything wrong. */
export type Missing = {
  /** Of what: `verdicts of epochs 0 to 12`. */
  readonly what: string;
  readonly why: string;
};

/** What validators and planters would have to publish, and what for: this network has no contract that takes it. */
export function unpublished(whats: readonly string[]): readonly Missing[] {
  return whats.map((what) => ({ what, why: "nothing in this network publishes them" }));
}

export function formatMissing({ what, why }: Missing): string {
  return `Missing: ${what}: ${why}.`;
}
