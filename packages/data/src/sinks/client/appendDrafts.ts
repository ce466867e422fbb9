import type { Bytes32, ReceiptDocument } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import {
  CLIENT_DRAFT_MS_MAX,
  CLIENT_POLL_BASE_MS,
  CLIENT_POLL_CAP_MS,
  CLIENT_RECEIPTS_AT_ONCE,
  CLIENT_UNFINISHED_MS_MAX,
} from "../limits.js";
import type { SinkOutbox } from "../outbox/sinkOutbox.js";
import { type ClientDraft, type ClientDrafts, holdsBack } from "./clientDrafts.js";

export type AppendDraftsParts = {
  readonly drafts: ClientDrafts;
  readonly outbox: SinkOutbox;
  /** What this client's records are numbered within. */
  readonly stream: Bytes32;
  /** A task's receipt at a router; undefined while there is none. What it throws means: not now. */
  readonly receiptOf: (router: string, taskId: Bytes32) => Promise<ReceiptDocument | undefined>;
  readonly isRunning: (process: string) => Promise<boolean>;
  readonly log: Logger;
};

/**
 * One look at the drafts that are due: those whose receipt is there are appended, in the order in which their answers ended; the others are looked at
 * again later. Appending is idempotent by task, so that this may be cut short, and run by several processes, anywhere. Returns whether anything was appended.
 */
export async function appendDrafts(parts: AppendDraftsParts, nowMs: number): Promise<boolean> {
  const { drafts } = parts;
  const due = drafts.due(nowMs, CLIENT_RECEIPTS_AT_ONCE);
  const found = await Promise.all(due.map((draft) => findReceipt(parts, draft)));
  let isHeld = false;
  let hasAppended = false;
  for (const [at, draft] of due.entries()) {
    if (draft.hasEnded && isHeld) continue;
    const receipt = found[at];
    if (receipt !== undefined && (await append(parts, draft, receipt))) {
      hasAppended = true;
      continue;
    }
    putOff(parts, draft, nowMs);
    isHeld ||= holdsBack(draft, nowMs);
  }
  return hasAppended;
}

async function findReceipt(
  { receiptOf, isRunning, log }: AppendDraftsParts,
  { taskId, router, process, hasEnded }: ClientDraft,
): Promise<ReceiptDocument | undefined> {
  // It says itself how it ended.
  if (!hasEnded && (await isRunning(process))) return undefined;
  try {
    const receipt = await receiptOf(router, taskId);
    return receipt?.receipt.taskId === taskId ? receipt : undefined;
  } catch (error) {
    log.debug("A receipt could not be asked for", { taskId, router }, error);
    return undefined;
  }
}

async function append(
  { drafts, outbox, stream, log }: AppendDraftsParts,
  { taskId, texts }: ClientDraft,
  receipt: ReceiptDocument,
): Promise<boolean> {
  const { nIn: promptTokens, nOut: completionTokens, feeWei } = receipt.receipt;
  const usage = { promptTokens, completionTokens, feeWei };
  const outcome = await outbox.append({ ...texts, session: stream, taskId, usage, receipt });
  if (outcome.kind === "full") {
    log.warn("The outbox has no room left for a task that had begun", { taskId });
    return false;
  }
  drafts.drop(taskId);
  return true;
}

function putOff({ drafts, log }: AppendDraftsParts, draft: ClientDraft, nowMs: number): void {
  const { taskId, isWhole, keptAtMs, tries } = draft;
  if (nowMs - keptAtMs <= (isWhole ? CLIENT_DRAFT_MS_MAX : CLIENT_UNFINISHED_MS_MAX)) {
    const capMs = isWhole ? CLIENT_POLL_CAP_MS : 10 * CLIENT_POLL_CAP_MS;
    drafts.retry(taskId, nowMs + Math.min(capMs, CLIENT_POLL_BASE_MS * 2 ** Math.min(tries, 16)));
    return;
  }
  // What was asked and never charged has no record; an answer that came is missed.
  if (isWhole) log.warn("An answer never had a receipt, and goes without a record", { taskId });
  drafts.drop(taskId);
}
