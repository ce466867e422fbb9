import { type Clock, HourlyBudget, type Logger, type Metrics, runLoop } from "@cortensor/runtime";
import type { RelayCost } from "../linkCarrier.js";
import type { CrossingBook } from "./crossingBook.js";
import { type CrossingPayers, mostGasOf, sendAct, sideOf } from "./crossingSender.js";
import { type CrossingMetrics, createCrossingMetrics } from "./metrics.js";
import { type CrossingAct, type CrossingView, crossingEpoch, nextCrossings } from "./nextCrossings.js";

const JITTER = 0.5;

/** What was sent over a crossing, and what it cost. */
export type CrossingDone = RelayCost & { readonly crossing: string; readonly act: CrossingAct };

export type CrosserParts = {
  readonly crossings: readonly { readonly book: CrossingBook; readonly payers: CrossingPayers }[];
  /** Most that is spent within an hour, in wei of each chain's coin. */
  readonly hourWei: bigint;
  readonly pollMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly onDone: (done: CrossingDone) => void;
};

export type Crosser = {
  start(): void;
  /** Looks once at each crossing, and sends what is due. What fails is logged, and due again in the next epoch. */
  look(): Promise<void>;
  stop(): Promise<void>;
  health(): { readonly ready: boolean; readonly reasons: readonly string[] };
};

type Place = CrosserParts["crossings"][number] & { readonly name: string; tried: Tried };
type Tried = { readonly epoch: number; readonly kinds: ReadonlySet<CrossingAct["kind"]> };

/**
 * Has each layer told of the other: nodes and stakes downwards, attested roots upwards. It has no right that others lack, and keeps nothing that it couldn't read
 * again. Any number may work at once, and any may die: what two of them tell costs gas twice, and changes nothing twice.
 */
export function createCrosser(parts: CrosserParts): Crosser {
  const { clock, log } = parts;
  const metrics = createCrossingMetrics(parts.metrics);
  const stopping = new AbortController();
  const failing = new Set<string>();
  const budgets = new Map<number, HourlyBudget>();
  const places = parts.crossings.map((one): Place => {
    return { ...one, name: one.book.crossing.name, tried: { epoch: -1, kinds: new Set() } };
  });
  let running: Promise<void> | undefined;

  const budgetOf = (chainId: number): HourlyBudget => {
    const budget = budgets.get(chainId) ?? new HourlyBudget(parts.hourWei);
    budgets.set(chainId, budget);
    return budget;
  };
  const lookAt = async (place: Place): Promise<void> => {
    const { book, name } = place;
    try {
      const view = await book.look();
      failing.delete(name);
      const acts = nextCrossings(view, triedIn(place, view));
      metrics.due.set({ crossing: name }, sizeOf(acts));
      for (const act of acts) {
        if (stopping.signal.aborted) return;
        place.tried = { ...place.tried, kinds: new Set([...place.tried.kinds, act.kind]) };
        await send({ place, act, budget: budgetOf(book.crossing[sideOf(act)].chainId) }, { ...parts, metrics });
      }
    } catch (error) {
      failing.add(name);
      if (!stopping.signal.aborted) log.warn("A crossing couldn't be read", { crossing: name }, error);
    }
  };
  const look = async (): Promise<void> => {
    // One after the other: they share chains, and a key's transactions there.
    for (const place of places) await lookAt(place);
  };
  return {
    look,
    start: () => {
      running ??= runLoop({
        ...{ name: "crosser", everyMs: parts.pollMs, jitter: JITTER, random: parts.random, clock },
        ...{ signal: stopping.signal, work: look },
        onError: (error) => log.error("A look at crossings failed", {}, error),
      });
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
    health: () => {
      const reasons = [...failing].map((name) => `The last look failed at the crossing: ${name}.`);
      return { ready: reasons.length === 0, reasons };
    },
  };
}

/** Kinds that were tried in the epoch that a view is of. */
function triedIn(place: Place, view: CrossingView): Tried["kinds"] {
  const epoch = crossingEpoch(view);
  if (place.tried.epoch !== epoch) place.tried = { epoch, kinds: new Set() };
  return place.tried.kinds;
}

type SendParts = Pick<CrosserParts, "log" | "onDone" | "clock"> & { readonly metrics: CrossingMetrics };

/** Sends one act within the hour's budget. A refusal is logged: what it was about is due again. */
async function send(
  of: { readonly place: Place; readonly act: CrossingAct; readonly budget: HourlyBudget },
  { log, onDone, clock, metrics }: SendParts,
): Promise<void> {
  const { place, act, budget } = of;
  const { book, payers, name } = place;
  const { crossing } = book;
  const labels = { crossing: name, act: act.kind };
  let mostWei = 0n;
  try {
    mostWei = mostGasOf(act) * (await crossing[sideOf(act)].client.getGasPrice());
    if (!budget.allows(mostWei, clock.nowMs())) {
      metrics.acts.add({ ...labels, outcome: "capped" });
      log.warn("The hour's cap holds back what is due", labels);
      return;
    }
    const cost = await sendAct({ crossing, payers, provableIn: book.provableIn() }, act);
    budget.spend(cost.feeWei, clock.nowMs());
    metrics.acts.add({ ...labels, outcome: "taken" });
    metrics.gas.add(labels, Number(cost.gasUsed));
    onDone({ crossing: name, act, ...cost });
  } catch (error) {
    // It may still come, or have reverted in a block: counted as if it had cost all that it could.
    budget.spend(mostWei, clock.nowMs());
    metrics.acts.add({ ...labels, outcome: "refused" });
    log.warn("What is due wasn't taken, and is tried again", labels, error);
  }
}

function sizeOf(acts: readonly CrossingAct[]): number {
  return acts.reduce((sum, act) => {
    if (act.kind === "reportNodes") return sum + act.signers.length;
    return sum + (act.kind === "sendAnchor" ? act.refs.length : 1);
  }, 0);
}
