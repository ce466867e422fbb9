import type { CaseDesk, CaseOutcome } from "@cortensor/api";
import type { Books } from "@cortensor/books";
import type { Eip712Domain } from "@cortensor/protocol";
import { isSeated } from "../host/index.js";
import { type FetchBodyParts, fetchBody } from "./fetchBody.js";
import { findDocument } from "./findDocument.js";
import type { ProofDesk } from "./proofDesk.js";
import type { RouterChain } from "./routerChain.js";

export type CaseDeskParts = FetchBodyParts & {
  readonly books: Pick<Books, "findReceipt">;
  readonly chain: Pick<RouterChain, "readDispute">;
  readonly proofs: Pick<ProofDesk, "find">;
  /** Of attestations, under which judges sign. */
  readonly domain: Eip712Domain;
};

/** Shows a disputed result of its own to who sits in the dispute, as the chain says. Bodies come from their miners, as for evidence. */
export function createCaseDesk(parts: CaseDeskParts): CaseDesk {
  const { books, chain, proofs, domain } = parts;
  return {
    find: async (query): Promise<CaseOutcome> => {
      const { number, resultHash } = query;
      const dispute = await chain.readDispute(number);
      if (dispute === undefined || !isSeated(query, dispute, domain)) return { kind: "foreign" };
      const [kept] = await proofs.find([resultHash]);
      const document = kept === undefined ? undefined : await findDocument(books, kept.taskId);
      if (document === undefined) return { kind: "unknown" };
      const miners = [...new Set([dispute.miner, ...document.payees.map(({ miner }) => miner)])];
      const found = await Promise.all(
        document.results.map(async (address) => ({ address, body: await fetchBody(parts, address, miners) })),
      );
      return {
        ...{ kind: "found", document },
        bodies: found.flatMap(({ body }) => body ?? []),
        missing: found.filter(({ body }) => body === undefined).map(({ address }) => address),
        proofs: await proofs.find(document.results),
      };
    },
  };
}
