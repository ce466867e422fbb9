import type { ReceiptDocument } from "@cortensor/protocol";
import { type AskOptions, type Cortensor, SdkError } from "@cortensor/sdk";
import { until } from "./until.js";

const TAKEN_MS = 240_000;
const RECEIPT_MS = 60_000;
/** Too many requests: the router says when to come again. */
const BUSY = 429;

/** Asks until a miner is free, as a client does that is told to come again, and fetches the receipt. */
export async function askWhenFree(client: Cortensor, content: string, options: AskOptions): Promise<ReceiptDocument> {
  const ask = async (): Promise<string | undefined> => {
    try {
      return (await client.chat(content, options)).taskId;
    } catch (error) {
      if (error instanceof SdkError && error.data.code === "SDK_REFUSED" && error.data.status === BUSY)
        return undefined;
      throw error;
    }
  };
  return client.receipt(await until(`answer to '${content}'`, ask, TAKEN_MS), { waitMs: RECEIPT_MS });
}
