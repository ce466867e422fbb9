import { timingSafeEqual } from "node:crypto";
import type { Caller, EvidenceDesk, EvidenceView } from "@cortensor/api";
import type { BookedReceipt, Books } from "@cortensor/books";
import { hexToBytes } from "@cortensor/protocol";
import { hashBearer } from "./authenticate.js";
import { type FetchBodiesParts, fetchBodies, makersOf } from "./fetchBodies.js";

export type EvidenceDeskParts = FetchBodiesParts & {
  readonly auditorToken: string | undefined;
  readonly books: Pick<Books, "findReceipt" | "findCheckpoints" | "listReceipts">;
};

/**
 * Hands the evidence behind answers to those who may read it: the operator's auditors, and whoever asked the task. Each body comes
 * from its miner when it is asked for, or from peers, and is passed on only if it is what the receipt's result hash stands for. Beside them stand the checkpoints of
 * miners that were given up, which hold no text.
 */
export function createEvidenceDesk(parts: EvidenceDeskParts): EvidenceDesk {
  const { auditorToken, books } = parts;
  const auditorHash = auditorToken === undefined ? undefined : hexToBytes(hashBearer(auditorToken));
  return {
    isAuditor: (bearer) => auditorHash !== undefined && timingSafeEqual(hexToBytes(hashBearer(bearer)), auditorHash),
    recent: async (limit) => (await books.listReceipts({ limit })).map(({ receipt }) => receipt.taskId),
    find: async (taskId, reader) => {
      const booked = await books.findReceipt(taskId);
      if (booked === undefined) return { kind: "unknown" };
      if (reader !== "auditor" && !hasAsked(reader, booked)) return { kind: "foreign" };
      return { kind: "found", evidence: await fetchEvidence(parts, booked) };
    },
  };
}

/** An account may have many customers, each with a key: only the same key, or the same wallet without one, has asked. */
function hasAsked(caller: Caller, { receipt, keyHash }: BookedReceipt): boolean {
  return caller.account === receipt.account && caller.keyHash === keyHash;
}

async function fetchEvidence(
  parts: EvidenceDeskParts,
  { receipt, payees, results }: BookedReceipt,
): Promise<EvidenceView> {
  const shown = await fetchBodies(parts, { results, miners: makersOf(payees) });
  const checkpoints = await parts.books.findCheckpoints(receipt.taskId);
  return { taskId: receipt.taskId, ...shown, checkpoints };
}
