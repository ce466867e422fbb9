import type { Network } from "./startNetwork.js";
import { until } from "./until.js";

/** No process of the network was killed meanwhile. */
const SETTLED_MS = 120_000;

/** Waits until so many receipts, or more, are there, and all of them are settled on chain. */
export function untilSettled({ client }: Network, receiptsLeast: number, withinMs = SETTLED_MS): Promise<true> {
  const look = async () => {
    const { receipts, settledReceipts } = (await client.network()).totals;
    return receipts >= receiptsLeast && settledReceipts === receipts ? true : undefined;
  };
  return until(`settlement of ${receiptsLeast} receipts`, look, withinMs);
}
