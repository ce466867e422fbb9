import { type Clock, runLoop } from "@cortensor/runtime";
import { createPublicClient, http } from "viem";

/**
 * A local chain makes a block for each transaction; between them its time stands still, and with it epochs and finality. So it is given an
 * empty block now and then: seldom enough that its state file grows by a megabyte an hour.
 */
const BLOCK_EVERY_MS = 10_000;

export async function keepChainTime(parts: {
  readonly rpcUrl: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}): Promise<void> {
  const client = createPublicClient({ transport: http(parts.rpcUrl) });
  await runLoop({
    name: "chain time",
    everyMs: BLOCK_EVERY_MS,
    clock: parts.clock,
    signal: parts.signal,
    work: async () => {
      await client.request<{ Method: "evm_mine"; Parameters: []; ReturnType: string }>({
        method: "evm_mine",
        params: [],
      });
    },
    onError: parts.onError,
  });
}
