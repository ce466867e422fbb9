import { setTimeout as pause } from "node:timers/promises";
import { encodeReceiptDocument } from "@cortensor/protocol";
import { SdkError } from "@cortensor/sdk";
import type { Network } from "./startNetwork.js";

/** A client that is refused or cut off waits before it asks again, as any does. */
const RETRY_MS = 100;
/** A receipt that isn't there by then will not come: its router was killed before it had signed it. */
const RECEIPT_MS = 3_000;
const TOKENS_LEAST = 4;
const TOKENS_MORE = 24;

/** Clients that ask, read their streams, and fetch each answer's receipt before they ask again. */
export type ClientLoad = {
  /** Pieces of text, whole answers and receipts that came to any client so far. */
  readonly progress: () => number;
  /** Receipts that a client has, by task, as it got them. */
  readonly acknowledged: ReadonlyMap<string, string>;
  readonly failures: readonly unknown[];
  /** Lets every client end what it is at. */
  stop(): Promise<void>;
};

export function startClients(network: Network, clients: number): ClientLoad {
  const acknowledged = new Map<string, string>();
  const failures: unknown[] = [];
  const stop = new AbortController();
  let progress = 0;
  const askOnce = async (maxTokens: number): Promise<void> => {
    const content = "abc".repeat(maxTokens);
    for await (const event of network.client.streamChat(content, { maxTokens, temperature: 0 })) {
      progress += 1;
      if (event.kind !== "end") continue;
      acknowledged.set(event.taskId, await receiptText(network, event.taskId));
      progress += 1;
    }
  };
  const run = async (client: number): Promise<void> => {
    for (let request = 0; !stop.signal.aborted; request += 1) {
      try {
        await askOnce(TOKENS_LEAST + ((client * 7 + request * 13) % TOKENS_MORE));
      } catch (error) {
        failures.push(error);
        await pause(RETRY_MS);
      }
    }
  };
  const running = Promise.all(Array.from({ length: clients }, (_, client) => run(client)));
  return {
    progress: () => progress,
    acknowledged,
    failures,
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}

/** A task's receipt, with all that proves it, as text. */
export async function receiptText(network: Network, taskId: string): Promise<string> {
  return JSON.stringify(encodeReceiptDocument(await network.client.receipt(taskId, { waitMs: RECEIPT_MS })));
}

/** No connection, one that broke, or a router without miner or database: never an answer that only looks whole. */
export function isOfKill(error: unknown): boolean {
  if (!(error instanceof SdkError)) return false;
  if (error.data.code === "SDK_REFUSED") return WHILE_AWAY.has(error.data.reason);
  return error.data.code === "SDK_UNREACHABLE" || error.data.code === "SDK_STREAM_CUT";
}

const WHILE_AWAY: ReadonlySet<string> = new Set([
  "model_not_found",
  "no_miner",
  "miner_failed",
  "overloaded",
  "receipt_not_found",
  "shutting_down",
  "temporarily_unavailable",
]);
