import type { Bytes32, UnixSeconds } from "@cortensor/protocol";
import { type Clock, type Logger, type Metrics, runLoop } from "@cortensor/runtime";
import type { LinkCarrier, RelayCost } from "./linkCarrier.js";
import { createRelayerMetrics, type RelayerMetrics } from "./metrics.js";
import { nextRelayActs, type RelayAct, type RelayTry } from "./nextRelayActs.js";

const JITTER = 0.2;
/** Messages whose tries are remembered. */
const TRIED_MAX = 100_000;

/** What a relayer did, and what it cost. */
export type RelayDone = RelayCost & {
  readonly link: string;
  readonly kind: RelayAct["kind"];
  readonly ids: readonly Bytes32[];
};

export type RelayerParts = {
  readonly carriers: readonly LinkCarrier[];
  readonly pollMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly onDone: (done: RelayDone) => void;
};

export type Relayer = {
  start(): void;
  /** Looks once at every link, and does what is due. What fails is logged, and due again later. */
  look(): Promise<void>;
  stop(): Promise<void>;
  health(): { readonly live: boolean; readonly ready: boolean; readonly reasons: readonly string[] };
};

/**
 * Hands messages in wherever they may be, as anybody may: it has no right that others lack, and remembers nothing that it couldn't read again. Any number of them
 * may work at once, and any may die: a message is delivered once by the contract.
 */
export function createRelayer(parts: RelayerParts): Relayer {
  const { carriers, pollMs, clock, log, random } = parts;
  const metrics = createRelayerMetrics(parts.metrics);
  const stopping = new AbortController();
  const failing = new Set<string>();
  const tried = new Map<Bytes32, RelayTry>();
  let running: Promise<void> | undefined;

  const lookAt = async (carrier: LinkCarrier): Promise<void> => {
    try {
      const { now, waiting } = await carrier.look();
      metrics.waiting.set({ link: carrier.name }, waiting.length);
      failing.delete(carrier.name);
      for (const next of nextRelayActs({ now, waiting, tried })) {
        if (stopping.signal.aborted) return;
        await act({ carrier, next, now }, { tried, metrics, log, onDone: parts.onDone });
      }
    } catch (error) {
      failing.add(carrier.name);
      if (!stopping.signal.aborted) log.warn("A link couldn't be read", { link: carrier.name }, error);
    }
  };
  const look = async (): Promise<void> => {
    // Beside one another: a chain that stands still holds up no other link.
    await Promise.all(carriers.map(lookAt));
  };
  return {
    look,
    start: () => {
      running ??= runLoop({
        name: "relayer",
        everyMs: pollMs,
        jitter: JITTER,
        random,
        clock,
        signal: stopping.signal,
        work: look,
        onError: (error) => log.error("A relayer's look failed", {}, error),
      });
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
    health: () => {
      const reasons = [...failing].map((link) => `The last look failed at: ${link}.`);
      return { live: true, ready: reasons.length === 0, reasons };
    },
  };
}

type ActParts = Pick<RelayerParts, "log" | "onDone"> & {
  readonly tried: Map<Bytes32, RelayTry>;
  readonly metrics: RelayerMetrics;
};

/** Does one act, and notes the try. A refusal is logged: what it was about is due again later. */
async function act(
  of: { readonly carrier: LinkCarrier; readonly next: RelayAct; readonly now: UnixSeconds },
  { tried, metrics, log, onDone }: ActParts,
): Promise<void> {
  const { carrier, next, now } = of;
  const messages = next.kind === "deliver" ? next.messages : [next.message];
  const ids = messages.map(({ id }) => id);
  for (const id of ids) {
    tried.set(id, { tries: (tried.get(id)?.tries ?? 0) + 1, lastAt: now });
    const [oldest] = tried.keys();
    if (tried.size > TRIED_MAX && oldest !== undefined) tried.delete(oldest);
  }
  const link = carrier.name;
  try {
    const cost =
      next.kind === "deliver" ? await carrier.deliver(messages) : await carrier.retry(next.message, next.gasLimit);
    metrics.acts.add({ link, act: next.kind, outcome: "taken" });
    metrics.gas.add({ link }, Number(cost.gasUsed));
    onDone({ link, kind: next.kind, ids, ...cost });
  } catch (error) {
    metrics.acts.add({ link, act: next.kind, outcome: "refused" });
    log.warn("Messages weren't taken, and are tried again", { link, act: next.kind, count: ids.length }, error);
  }
}
