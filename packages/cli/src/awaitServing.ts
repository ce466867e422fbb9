import { type ChainReader, readHomeHearing } from "@cortensor/chain";
import type { Address } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";

const LOOK_MS = 1_000;
/** A link by quorum takes an epoch and its window of challenge. */
const TELL_EVERY_MS = 30_000;

/** What to do when nobody carries what was said at home. */
export const CARRY_IT =
  "run `cortensor relay --profile <file>`; `cortensor node report <node>` sends the report itself";

export type AwaitServing = {
  readonly signer: Address;
  /** Whose stake stands behind it. */
  readonly operator: Address;
  readonly clock: Clock;
  readonly log: Pick<Logger, "info" | "warn">;
  /** Ends the wait with its reason. */
  readonly signal: AbortSignal;
};

/**
 * Waits until the serving layer knows a node, and that stake stands behind it, as they are at home: before that nobody gives it work.
 * Returns at once where home is the serving layer's own chain. Says meanwhile what is missing, and what to do.
 */
export async function awaitServing(chain: ChainReader, parts: AwaitServing): Promise<void> {
  const { signer, operator, clock, log, signal } = parts;
  const { profile, home } = chain;
  const data = { node: signer, home: home.profile.chainId, serving: profile.chainId };
  let toldMs: number | undefined;
  for (;;) {
    const { isNodeHeard, isStakeHeard } = await readHomeHearing(chain, { signer, operator });
    if (isNodeHeard && isStakeHeard) break;
    const waitsFor = isNodeHeard ? "its stake" : "its registration";
    if (toldMs === undefined) log.info("Waiting until the serving layer hears of this node", { ...data, waitsFor });
    else if (clock.nowMs() - toldMs >= TELL_EVERY_MS)
      log.warn("The serving layer hasn't heard of this node yet", { ...data, waitsFor, remedy: CARRY_IT });
    if (toldMs === undefined || clock.nowMs() - toldMs >= TELL_EVERY_MS) toldMs = clock.nowMs();
    await clock.sleep(LOOK_MS, signal);
  }
  if (toldMs !== undefined) log.info("The serving layer knows this node", data);
}
