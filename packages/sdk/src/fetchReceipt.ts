import type { CallOptions, Http } from "./http.js";
import { RECEIPT_POLL_MS } from "./limits.js";
import { type FetchedReceipt, receiptShape } from "./receiptShape.js";
import { SdkError } from "./sdkError.js";
import { pause } from "./watchNetwork.js";

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
      return (await http.json({ path, ...bounds }, receiptShape)).value;
    } catch (error) {
      if (waitedMs >= waitMs || bounds.signal?.aborted === true || !isNotYetThere(error)) throw error;
    }
    await pause(RECEIPT_POLL_MS, bounds.signal);
  }
}

function isNotYetThere(error: unknown): boolean {
  return error instanceof SdkError && error.data.code === "SDK_REFUSED" && error.data.reason === "receipt_not_found";
}
