import { type ChainWriter, postRate, readHead, readRate } from "@cortensor/chain";
import { type Clock, runLoop } from "@cortensor/runtime";

/** What the local faucet says an LLM token is worth: a prompt token of a miner that sets no price of its own. */
const LOCAL_RATE = { weiPerLlmToken: 1_000_000_000_000n, source: "fixed on a local network" } as const;
/** Pause between two looks at the rate's age: small against half of the day that a rate counts for. */
const LOOK_EVERY_MS = 600_000;

/** Posts the local network's rate when there is none, or when it is half-way to being stale. The writer must be the poster. */
export async function ensureLocalRate(poster: ChainWriter): Promise<void> {
  const [rate, head] = await Promise.all([readRate(poster), readHead(poster)]);
  if (rate !== undefined && 2 * (head.timestamp - rate.postedAt) < rate.ageMaxSeconds) return;
  await postRate(poster, { ...LOCAL_RATE, weiPerLlmToken: rate?.weiPerLlmToken ?? LOCAL_RATE.weiPerLlmToken });
}

/** Keeps it fresh for as long as the network runs. */
export async function keepLocalRate(parts: {
  readonly poster: ChainWriter;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}): Promise<void> {
  const { poster, clock, signal, onError } = parts;
  await runLoop({ name: "rate", everyMs: LOOK_EVERY_MS, clock, signal, work: () => ensureLocalRate(poster), onError });
}
