import type { ChainWriter } from "@cortensor/chain";
import { type Clock, runLoop } from "@cortensor/runtime";

/**
 * A rollup makes a block where there is something in it; between them its time stands still, and with it epochs and finality. So a transaction
 * of nothing is sent now and then: often enough for what has its time within an epoch, seldom enough that an idle day is derived again within minutes.
 */
const BLOCK_EVERY_MS = 5_000;

export async function keepRollupTime(parts: {
  readonly sender: Pick<ChainWriter, "account" | "send">;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}): Promise<void> {
  const { sender, clock, signal, onError } = parts;
  const work = async () => {
    await sender.send({ call: "nothing", to: sender.account, value: 0n });
  };
  await runLoop({ name: "rollup time", everyMs: BLOCK_EVERY_MS, clock, signal, work, onError });
}
