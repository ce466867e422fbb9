import { ANSWERS_COMPARED_MIN } from "@cortensor/proof";
import type { SessionTerms } from "@cortensor/protocol";

/** What a task does, and what the router has for it. */
export type Service = {
  readonly work: "generation" | "embedding" | "sealed";
  /** Whether the router can compare copies. */
  readonly comparesCopies: boolean;
  /** Whether the network is a private one: each of its sessions is private, and sealed. */
  readonly isPrivate: boolean;
};

/**
 * Terms that have a price and can't be served, by the session's own words: one validator checks a generation without copies, copies are of generations,
 * three or more, where the router can compare them; a prompt comes in the way that the session's privacy says, and a sealed one is neither checked nor compared.
 */
export function unavailableTerms(terms: SessionTerms, service: Service): readonly (keyof SessionTerms)[] {
  const names: (keyof SessionTerms)[] = [];
  if (terms.redundant > 1 && !servesCopies(terms.redundant, service)) names.push("redundant");
  if (terms.numOfValidatorNodes > 0 && !servesChecks(terms, service)) names.push("numOfValidatorNodes");
  if (terms.privacy !== privacyOf(service)) names.push("privacy");
  return names;
}

function privacyOf({ work, isPrivate }: Service): SessionTerms["privacy"] {
  if (work !== "sealed") return "open";
  return isPrivate ? "private" : "sealed";
}

/** Several validators, and copies that are checked too, would need a rule for what they don't agree on. */
function servesChecks({ numOfValidatorNodes, redundant }: SessionTerms, { work }: Service): boolean {
  return work === "generation" && numOfValidatorNodes === 1 && redundant === 1;
}

function servesCopies(copies: number, { work, comparesCopies }: Service): boolean {
  return work === "generation" && comparesCopies && copies >= ANSWERS_COMPARED_MIN;
}
