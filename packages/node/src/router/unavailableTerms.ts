import type { SessionTerms } from "@cortensor/protocol";

/**
 * Terms that have a price and can't be served yet, by the session's own words: one copy runs, nobody validates, and prompts come in the
 * open.
 */
export function unavailableTerms(terms: SessionTerms): readonly (keyof SessionTerms)[] {
  const names: (keyof SessionTerms)[] = [];
  if (terms.redundant > 1) names.push("redundant");
  if (terms.numOfValidatorNodes > 0) names.push("numOfValidatorNodes");
  if (terms.privacy !== "open") names.push("privacy");
  return names;
}
