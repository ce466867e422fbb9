import type { CaseDesk, CaseOutcome } from "@cortensor/api";
import type { Books } from "@cortensor/books";
import type { Eip712Domain } from "@cortensor/protocol";
import { isSeated } from "../host/index.js";
import { type FetchBodiesParts, fetchBodies, makersOf } from "./fetchBodies.js";
import { findDocument } from "./findDocument.js";
import type { RouterChain } from "./routerChain.js";
import type { SampleShelf } from "./sealed/sampleShelf.js";

export type CaseDeskParts = FetchBodiesParts & {
  readonly books: Pick<Books, "findReceipt">;
  readonly chain: Pick<RouterChain, "readDispute">;
  /** Of attestations, under which judges sign. */
  readonly domain: Eip712Domain;
  /** Sealed tasks that may be opened. */
  readonly samples: Pick<SampleShelf, "find"> | undefined;
};

/**
 * Shows a disputed result of its own to who sits in the dispute, as the chain says. Bodies come from their miners, as for evidence; of a sealed one what
 * is kept of it, which guards open for who sits there.
 */
export function createCaseDesk(parts: CaseDeskParts): CaseDesk {
  const { books, chain, proofs, domain, samples } = parts;
  return {
    find: async (query): Promise<CaseOutcome> => {
      const { number, resultHash } = query;
      const dispute = await chain.readDispute(number);
      if (dispute === undefined || !isSeated(query, dispute, domain)) return { kind: "foreign" };
      const [kept] = await proofs.find([resultHash]);
      const document = kept === undefined ? undefined : await findDocument(books, kept.taskId);
      if (document === undefined) return { kind: "unknown" };
      const { results, payees } = document;
      const sealed = await samples?.find(document.receipt.taskId);
      return {
        kind: "found",
        document,
        ...(sealed === undefined ? {} : { sealed }),
        ...(await fetchBodies(parts, { results, miners: makersOf([...payees, dispute]) })),
      };
    },
  };
}
