import type { Refusal } from "@cortensor/api";
import type { Bytes32 } from "@cortensor/protocol";
import { hasRoom, type MatchOutcome, type Misfit, waitMs } from "./chooseMiner.js";
import type { ClientId, Ticket } from "./clientFlows.js";
import { FairQueue, type PrioritisedTask } from "./fairQueue.js";
import type { RouterMetrics } from "./metrics.js";
import type { SeatOffer } from "./minerSeat.js";
import { noMinerRefusal, queueRefusal } from "./refusals.js";

/** A task without a miner yet. */
export type Waiter = PrioritisedTask & {
  readonly modelId: Bytes32;
  readonly arrivedAtMs: number;
  /** A miner that starts it soon. */
  choose(): MatchOutcome<SeatOffer>;
  /** Why no miner could serve it even when all that runs has ended. */
  lastingMisfit(): Misfit | undefined;
  /** Its turn has come. Never from within `enter`. */
  start(offer: SeatOffer): void;
  /** Nobody can serve it any more. */
  refuse(refusal: Refusal): void;
};

export type Turn =
  | { readonly kind: "chosen"; readonly offer: SeatOffer }
  | { readonly kind: "waits" }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** A task that lost its miner and waits for another. */
export type StrandedTask = { retry(): void };

export type WaitingRoomParts = {
  readonly offersOf: (modelId: Bytes32) => readonly SeatOffer[];
  /** Tasks that may wait: in all, and of one client. */
  readonly waitingMax: number;
  readonly waitingClientMax: number;
  readonly metrics: Pick<RouterMetrics, "waiting" | "waitSeconds">;
  readonly nowMs: () => number;
};

/** A waiting task whose last able miner has gone is refused after this: the miner may be restarting. */
const STRANDED_MS = 5_000;
const WAITS = { kind: "waits" } as const;

/**
 * Where new tasks wait for a miner that starts them soon: one fair queue for each model. Miners hold no more than that, so that the order is
 * decided here, as late as can be. With a free miner and nobody waiting a task passes at once. Tasks that lost their miner go
 * before all others.
 */
export class WaitingRoom {
  readonly #parts: WaitingRoomParts;
  readonly #queues = new Map<Bytes32, FairQueue<Waiter>>();
  readonly #tickets = new Map<Waiter, Ticket<Waiter>>();
  readonly #ofClient = new Map<ClientId, number>();
  readonly #ofPriority = { interactive: 0, batch: 0 };
  readonly #strandedSinceMs = new Map<Waiter, number>();
  #isWaking = false;
  /** Tasks that lost their miner; they add and remove themselves. */
  readonly stranded = new Set<StrandedTask>();

  constructor(parts: WaitingRoomParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#tickets.size;
  }

  /** A new task's miner; or that it must wait, and may `enter`; or why not. */
  seek(waiter: Waiter): Turn {
    const choice = waiter.choose();
    const queue = this.#queueOf(waiter.modelId);
    if (choice.kind === "chosen" && queue.size === 0 && this.stranded.size === 0) {
      queue.pass(waiter);
      return choice;
    }
    const refusal = this.#refusalOf(waiter, choice);
    return refusal === undefined ? WAITS : { kind: "refused", refusal };
  }

  /** Takes its place in the queue, right after `seek` said so. */
  enter(waiter: Waiter): void {
    this.#tickets.set(waiter, this.#queueOf(waiter.modelId).add(waiter, this.#parts.nowMs()));
    this.#count(waiter, 1);
    this.wake();
  }

  /** It waits no longer. Nothing happens when it has its miner already. */
  leave(waiter: Waiter): void {
    const ticket = this.#tickets.get(waiter);
    if (ticket === undefined) return;
    this.#queueOf(waiter.modelId).remove(ticket);
    this.#forget(waiter);
  }

  /** It has ended, and did cost so many output tokens: its client's share counts that. Nothing happens when it was never served. */
  ended(waiter: Waiter, tokens: number): void {
    this.#queues.get(waiter.modelId)?.ended(waiter, tokens);
  }

  /** A miner may have room: who waits is served as soon as what runs now has returned. */
  wake(): void {
    if (this.#isWaking || (this.size === 0 && this.stranded.size === 0)) return;
    this.#isWaking = true;
    queueMicrotask(() => {
      this.#isWaking = false;
      this.#serve();
    });
  }

  /** Acts on what nobody told: a miner that may work again, a model that nobody offers any more. */
  sweep(nowMs: number): void {
    for (const [modelId, queue] of this.#queues) {
      if (queue.size > 0) this.#refuseStranded(queue, nowMs);
      else if (this.#parts.offersOf(modelId).length === 0) this.#queues.delete(modelId);
    }
    this.wake();
  }

  #serve(): void {
    for (const task of [...this.stranded]) task.retry();
    for (const [modelId, queue] of this.#queues) this.#serveQueue(queue, this.#parts.offersOf(modelId));
  }

  #serveQueue(queue: FairQueue<Waiter>, offers: readonly SeatOffer[]): void {
    const { nowMs, metrics } = this.#parts;
    while (queue.size > 0 && offers.some(hasRoom)) {
      const now = nowMs();
      const taken = queue.take(findPlace, now);
      if (taken === undefined) return;
      const { task, place } = taken;
      this.#forget(task);
      metrics.waitSeconds.observe({ priority: task.priority }, (now - task.arrivedAtMs) / 1_000);
      task.start(place);
    }
  }

  #refuseStranded(queue: FairQueue<Waiter>, nowMs: number): void {
    for (const waiter of [...queue.tasks()]) {
      const misfit = waiter.lastingMisfit();
      if (misfit === undefined) {
        this.#strandedSinceMs.delete(waiter);
        continue;
      }
      const sinceMs = this.#strandedSinceMs.get(waiter);
      if (sinceMs === undefined) this.#strandedSinceMs.set(waiter, nowMs);
      else if (nowMs - sinceMs >= STRANDED_MS) waiter.refuse(this.#misfitRefusal(waiter, misfit));
    }
  }

  #refusalOf(waiter: Waiter, choice: MatchOutcome<SeatOffer>): Refusal | undefined {
    const misfit = choice.kind === "none" ? waiter.lastingMisfit() : undefined;
    if (misfit !== undefined) return this.#misfitRefusal(waiter, misfit);
    const { waitingMax, waitingClientMax, offersOf } = this.#parts;
    // Never more than is still free: so that no few clients fill the whole, and one that has nothing here finds a place.
    const free = waitingMax - this.size;
    const held = this.#ofClient.get(waiter.client) ?? 0;
    if (held < Math.min(waitingClientMax, free)) return undefined;
    return queueRefusal(held, drainMs(this.#queueOf(waiter.modelId).tokens, offersOf(waiter.modelId)));
  }

  #misfitRefusal({ modelId }: Waiter, misfit: Misfit): Refusal {
    return noMinerRefusal(misfit, this.#parts.offersOf(modelId).map(waitMs));
  }

  #queueOf(modelId: Bytes32): FairQueue<Waiter> {
    const known = this.#queues.get(modelId);
    if (known !== undefined) return known;
    const queue = new FairQueue<Waiter>();
    this.#queues.set(modelId, queue);
    return queue;
  }

  #forget(waiter: Waiter): void {
    this.#tickets.delete(waiter);
    this.#strandedSinceMs.delete(waiter);
    this.#count(waiter, -1);
  }

  #count({ client, priority }: Waiter, by: 1 | -1): void {
    const held = (this.#ofClient.get(client) ?? 0) + by;
    if (held > 0) this.#ofClient.set(client, held);
    else this.#ofClient.delete(client);
    this.#ofPriority[priority] += by;
    this.#parts.metrics.waiting.set({ priority }, this.#ofPriority[priority]);
  }
}

function findPlace(waiter: Waiter): SeatOffer | undefined {
  const choice = waiter.choose();
  return choice.kind === "chosen" ? choice.offer : undefined;
}

/** Time in which all that waits for a model is served. */
function drainMs(tokens: number, offers: readonly SeatOffer[]): number {
  let perSecond = 0;
  for (const { tokensPerSecond, model } of offers) perSecond += tokensPerSecond * model.sequences;
  return (tokens / Math.max(1, perSecond)) * 1_000;
}
