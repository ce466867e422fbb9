import { hasCode, parseReceiptDocument, type ReceiptDocument } from "@cortensor/protocol";
import { z } from "zod";
import type { CallOptions, Http } from "./http.js";
import { RECEIPT_POLL_MS } from "./limits.js";
import { SdkError } from "./sdkError.js";
import { pause } from "./watchNetwork.js";

/** A receipt as its router keeps it: what it says, whom it pays, and where it stands in a signed batch. */
export type FetchedReceipt = ReceiptDocument;

export type ReceiptOptions = CallOptions & {
  /** Milliseconds to wait for a receipt that isn't there yet. Default 0. */
  readonly waitMs?: number;
};

export async function fetchReceipt(
  http: Http,
  taskId: string,
  { waitMs = 0, ...bounds }: ReceiptOptions,
): Promise<FetchedReceipt> {
  const path = `/api/v1/receipts/${encodeURIComponent(taskId)}`;
  for (let waitedMs = 0; ; waitedMs += RECEIPT_POLL_MS) {
    try {
      return toDocument((await http.json({ path, ...bounds }, z.unknown())).value, path);
    } catch (error) {
      if (waitedMs >= waitMs || bounds.signal?.aborted === true || !isNotYetThere(error)) throw error;
    }
    await pause(RECEIPT_POLL_MS, bounds.signal);
  }
}

function toDocument(json: unknown, url: string): FetchedReceipt {
  try {
    return parseReceiptDocument(json);
  } catch (error) {
    if (!hasCode(error, "PROTOCOL_BAD_DOCUMENT")) throw error;
    throw new SdkError({ code: "SDK_BAD_ANSWER", url, problem: error.message }, { cause: error });
  }
}

function isNotYetThere(error: unknown): boolean {
  return error instanceof SdkError && error.data.code === "SDK_REFUSED" && error.data.reason === "receipt_not_found";
}
