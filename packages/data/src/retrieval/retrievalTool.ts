/** What is looked for: words, and where a tool searches by meaning their vector. */
export type RetrievalQuery = { readonly text: string; readonly vector?: readonly number[] };

/** Something found: where it stands, what it says, and how well it fits; a higher score fits better, within one tool. */
export type Passage = { readonly source: string; readonly text: string; readonly score: number };

/** A place that answers questions with passages, best first. */
export type RetrievalTool = {
  /** Fit for people and logs. */
  readonly name: string;
  /** At most `limit` passages, and no more than the room's bounds. Throws RetrievalError. */
  search(
    query: RetrievalQuery,
    options: { readonly limit: number; readonly signal: AbortSignal },
  ): Promise<readonly Passage[]>;
};
