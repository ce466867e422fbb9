import { timingSafeEqual } from "node:crypto";
import type { Caller, EvidenceDesk, EvidenceView } from "@cortensor/api";
import type { BookedReceipt, Books } from "@cortensor/books";
import { type Address, type Bytes32, bodyFault, hexToBytes, type SegmentBody } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import { askBody } from "./askBody.js";
import { hashBearer } from "./authenticate.js";
import type { MinerBoard } from "./minerBoard.js";

/** A miner reads one record and sends at most a few megabytes; one that takes longer has none. */
const BODY_TIMEOUT_MS = 10_000;

export type EvidenceDeskParts = {
  readonly auditorToken: string | undefined;
  readonly books: Pick<Books, "findReceipt" | "findCheckpoints" | "listReceipts">;
  readonly board: Pick<MinerBoard, "seatOf">;
  readonly clock: Clock;
  readonly log: Logger;
};

/**
 * Hands the evidence behind answers to those who may read it: the operator's auditors, and whoever asked the task. No body is kept here: each comes
 * from its miner when it is asked for, and is passed on only if it is what the receipt's result hash stands for. Beside them stand the checkpoints of
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
  const miners = [...new Set(payees.map(({ miner }) => miner))].reverse();
  const bodies: SegmentBody[] = [];
  const missing: Bytes32[] = [];
  for (const address of results) {
    const body = await fetchBody(parts, address, miners);
    if (body === undefined) missing.push(address);
    else bodies.push(body);
  }
  const checkpoints = await parts.books.findCheckpoints(receipt.taskId);
  return { taskId: receipt.taskId, bodies, missing, checkpoints };
}

/** The last payee first: as a rule it made the only result that there is. */
async function fetchBody(
  { board, clock, log }: EvidenceDeskParts,
  address: Bytes32,
  miners: readonly Address[],
): Promise<SegmentBody | undefined> {
  for (const miner of miners) {
    const link = board.seatOf(miner)?.link;
    if (link === undefined) continue;
    const reply = await askBody(link, address, { clock, timeoutMs: BODY_TIMEOUT_MS });
    if (reply.kind === "noBody") continue;
    const fault = bodyFault(reply.body, address);
    if (fault === undefined && reply.body.task.privacy === "open") return reply.body;
    log.warn("A miner's body is not what it signed", { miner, address, fault: fault ?? "privacy" });
  }
  return undefined;
}
