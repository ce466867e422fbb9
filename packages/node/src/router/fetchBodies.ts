import type { TaskView } from "@cortensor/api";
import type { Address, Bytes32 } from "@cortensor/protocol";
import { type FetchBodyParts, fetchBody } from "./fetchBody.js";
import type { ProofDesk } from "./proofDesk.js";

export type FetchBodiesParts = FetchBodyParts & { readonly proofs: Pick<ProofDesk, "find"> };

/** What can be shown of a receipt's results: the bodies that miners show, in the receipt's order, and where miners signed the results. */
export async function fetchBodies(
  parts: FetchBodiesParts,
  { results, miners }: { readonly results: readonly Bytes32[]; readonly miners: readonly Address[] },
): Promise<Pick<TaskView, "bodies" | "missing" | "proofs">> {
  const found = await Promise.all(
    results.map(async (address) => ({ address, body: await fetchBody(parts, address, miners) })),
  );
  return {
    bodies: found.flatMap(({ body }) => body ?? []),
    missing: found.filter(({ body }) => body === undefined).map(({ address }) => address),
    proofs: await parts.proofs.find(results),
  };
}

/** Whom to ask for bodies, the last payee first: as a rule it made the only result that there is. */
export function makersOf(payees: readonly { readonly miner: Address }[]): readonly Address[] {
  return [...new Set(payees.map(({ miner }) => miner))].reverse();
}
