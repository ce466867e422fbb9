import { type Bytes32, CodedError } from "@cortensor/protocol";
import { backoffMs, type Clock, type Logger } from "@cortensor/runtime";
import {
  BACKOFF_BASE_MS,
  BACKOFF_CAP_MS,
  BATCH_BYTES_MAX,
  DELIVERY_MS_MAX,
  IDLE_POLL_MS,
  LEASE_MARGIN_MS,
  LEASE_MS,
  LEASE_POLL_MS,
} from "../limits.js";
import type { OutboxLease, SinkOutbox } from "../outbox/sinkOutbox.js";
import type { SinkRecord } from "../record/sinkRecord.js";
import { withhold } from "../record/withhold.js";
import type { Sink, SinkHead } from "../sink.js";
import { SinkError } from "../sinkError.js";
import { afterDelivery, afterRefusal, mustWithhold, NO_REFUSALS } from "./refusals.js";
import type { SinkMetrics } from "./sinkMetrics.js";
import type { SinkState } from "./sinkState.js";
import { within } from "./within.js";

export type SinkPumpParts = {
  readonly session: Bytes32;
  readonly sink: Sink;
  readonly outbox: SinkOutbox;
  /** Names this process among all that share the outbox. After a restart it is the same, and takes its leases back at once. */
  readonly holder: string;
  readonly clock: Clock;
  /** 0 ≤ x < 1: spreads the tries of many pumps. */
  readonly random: () => number;
  readonly log: Logger;
  readonly metrics: SinkMetrics;
};

/**
 * Carries one session's records from its outbox to its sink, in order, at least once. What always holds: a record is
 * acknowledged only once the sink has it; nothing is sent without the session's lease, nor later than the lease lasts; after every
 * start, failure and change of hands the sink is asked first what it has. Its failures touch nothing but its own pace.
 */
export type SinkPump = {
  /** Delivers until the signal aborts; then lets go of lease and sink, and resolves. Never rejects. Called once. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Says that something was appended. */
  readonly wake: () => void;
  readonly state: () => SinkState;
};

/** What a round came to, and how long to wait for the next. */
type Round = { readonly phase: SinkState["phase"]; readonly waitMs: number };
type Held = { readonly lease: OutboxLease; readonly untilMs: number };

export function createSinkPump(parts: SinkPumpParts): SinkPump {
  const pump = new Pump(parts);
  return { run: (signal) => pump.run(signal), wake: () => pump.wake(), state: () => pump.state };
}

class Pump {
  readonly #parts: SinkPumpParts;
  #state: SinkState;
  #narrowing = NO_REFUSALS;
  #lease: OutboxLease | undefined;
  /** Whether the sink has been asked what it has, under the lease's epoch. */
  #resumedEpoch: number | undefined;
  #waker = new AbortController();
  #hasNews = false;

  constructor(parts: SinkPumpParts) {
    this.#parts = parts;
    const { session, sink } = parts;
    const zero = { lag: 0, deliveredThrough: 0, failures: 0, withheld: 0, missing: 0 };
    this.#state = { session, kind: sink.kind, sink: sink.name, phase: "starting", ...zero };
  }

  get state(): SinkState {
    return this.#state;
  }

  wake(): void {
    this.#hasNews = true;
    this.#waker.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { phase, waitMs } = await this.#try(signal);
      this.#state = { ...this.#state, phase };
      await this.#pause(waitMs, { signal, isWakeable: phase === "idle" });
    }
    await this.#letGo();
  }

  async #try(signal: AbortSignal): Promise<Round> {
    try {
      const round = await this.#round(signal);
      if (round.phase !== "failing") this.#forgetFailures();
      return round;
    } catch (error) {
      if (signal.aborted) return { phase: "closed", waitMs: 0 };
      this.#resumedEpoch = undefined;
      return this.#failed(error);
    }
  }

  /** One look, and at most one delivery. */
  async #round(signal: AbortSignal): Promise<Round> {
    const { session, outbox, clock } = this.#parts;
    const untilMs = clock.nowMs() + LEASE_MS - LEASE_MARGIN_MS;
    const lease = await outbox.lease(session, { holder: this.#parts.holder, ms: LEASE_MS });
    this.#lease = lease;
    if (!lease) return { phase: "elsewhere", waitMs: LEASE_POLL_MS };
    this.#hasNews = false;
    await this.#look();
    const held = { lease, untilMs };
    if (this.#resumedEpoch !== lease.epoch && !(await this.#resume(held, signal)))
      return { phase: "elsewhere", waitMs: LEASE_POLL_MS };
    const deliveredThrough = await this.#look();
    const bounds = { after: deliveredThrough, recordsMax: this.#narrowing.size, bytesMax: BATCH_BYTES_MAX };
    const records = await outbox.read(session, bounds);
    if (records.length === 0) return { phase: "idle", waitMs: IDLE_POLL_MS };
    return this.#deliver(held, records, signal);
  }

  /** Asks the sink what it has, so that what was delivered and not acknowledged isn't sent again. False: the lease is gone. */
  async #resume(held: Held, signal: AbortSignal): Promise<boolean> {
    const { session, sink, outbox } = this.#parts;
    const head = await this.#ask(held, signal, (limit) => sink.head(session, limit));
    if (head !== "unknown") {
      await this.#compare(head);
      if (!(await outbox.acknowledge(held.lease, head?.sequence ?? 0))) return false;
    }
    this.#resumedEpoch = held.lease.epoch;
    return true;
  }

  /** Holds what the sink has against the outbox. Throws SINK_DIVERGED. */
  async #compare(head: SinkHead | undefined): Promise<void> {
    const { session, sink, outbox, log } = this.#parts;
    const has = head?.sequence ?? 0;
    const { lastSequence, deliveredThrough } = await outbox.status(session);
    const taskId = await outbox.taskAt(session, has);
    // What was delivered long ago is known here no more; what was never appended here is another outbox's.
    if (has > lastSequence || (taskId !== undefined && taskId !== head?.taskId))
      throw new SinkError({ code: "SINK_DIVERGED", sink: sink.name, session, sequence: has });
    const missing = Math.max(0, deliveredThrough - has);
    if (missing > 0 && this.#state.missing !== missing)
      log.warn("Sink lacks records that were delivered, and are kept no more", { session, sink: sink.name, missing });
    this.#state = { ...this.#state, missing };
  }

  async #look(): Promise<number> {
    const { records: lag, deliveredThrough } = await this.#parts.outbox.status(this.#parts.session);
    this.#state = { ...this.#state, lag, deliveredThrough };
    return deliveredThrough;
  }

  async #deliver(held: Held, records: readonly SinkRecord[], signal: AbortSignal): Promise<Round> {
    const { session, sink, outbox, metrics } = this.#parts;
    const batch = mustWithhold(this.#narrowing) ? records.map((one) => withhold(one, "refused_by_sink")) : records;
    const goneThrough = (records[0]?.sequence ?? 1) - 1;
    const outcome = await this.#ask(held, signal, (limit) =>
      sink.deliver({ session, records: batch, goneThrough }, limit),
    );
    if (outcome.kind === "refused") return this.#refused(records.length, outcome.reason);
    const isMine = await outbox.acknowledge(held.lease, outcome.through);
    this.#noteDelivered(records, batch);
    metrics.delivered(sink.kind, records.length);
    this.#narrowing = afterDelivery(this.#narrowing);
    await this.#look();
    return isMine ? { phase: "delivering", waitMs: 0 } : { phase: "elsewhere", waitMs: LEASE_POLL_MS };
  }

  /** Narrows down to the record that is refused; that one is tried again with pauses, and then goes without its texts. */
  #refused(count: number, reason: string): Round {
    const wasWithheld = mustWithhold(this.#narrowing);
    this.#narrowing = afterRefusal(this.#narrowing, count);
    if (count > 1) return { phase: "delivering", waitMs: 0 };
    if (wasWithheld) throw new SinkError({ code: "SINK_REFUSES", reason }, { isRetryable: true });
    if (mustWithhold(this.#narrowing)) return { phase: "failing", waitMs: 0 };
    return this.#failed(new SinkError({ code: "SINK_REFUSES", reason }));
  }

  #noteDelivered(records: readonly SinkRecord[], batch: readonly SinkRecord[]): void {
    const { session, sink, log, metrics } = this.#parts;
    for (const [index, { content, sequence, taskId }] of batch.entries()) {
      if (content.kind === "whole") continue;
      metrics.withheld(sink.kind, content.kind === "lost" ? "lost" : content.reason);
      this.#state = { ...this.#state, withheld: this.#state.withheld + 1 };
      if (records[index]?.content.kind === "whole")
        log.warn("Record refused by its sink went without its texts", { session, sink: sink.name, sequence, taskId });
    }
  }

  /** A question to the sink, bounded by its time and by the lease. */
  #ask<Value>(held: Held, signal: AbortSignal, work: (limit: AbortSignal) => Promise<Value>): Promise<Value> {
    const { clock } = this.#parts;
    const ms = Math.min(DELIVERY_MS_MAX, held.untilMs - clock.nowMs());
    return within({ clock, ms, signal }, work);
  }

  #failed(error: unknown): Round {
    const { sink, session, metrics, log, random } = this.#parts;
    const failures = this.#state.failures + 1;
    const code = error instanceof CodedError ? error.code : "UNEXPECTED";
    if (this.#state.lastError !== code) log.warn("Sink can't be delivered to", { session, sink: sink.name, code });
    metrics.failed(sink.kind);
    this.#state = { ...this.#state, failures, lastError: code };
    const waitMs = backoffMs({ baseMs: BACKOFF_BASE_MS, capMs: BACKOFF_CAP_MS, random }, failures);
    return { phase: "failing", waitMs };
  }

  #forgetFailures(): void {
    const { lastError, ...rest } = this.#state;
    if (lastError === undefined) return;
    const { session, sink, log } = this.#parts;
    log.info("Sink can be delivered to again", { session, sink: sink.name });
    this.#state = { ...rest, failures: 0 };
  }

  async #pause(ms: number, { signal, isWakeable }: { signal: AbortSignal; isWakeable: boolean }): Promise<void> {
    if (ms <= 0 || signal.aborted || (isWakeable && this.#hasNews)) return;
    this.#waker = new AbortController();
    const until = isWakeable ? AbortSignal.any([signal, this.#waker.signal]) : signal;
    await this.#parts.clock.sleep(ms, until).catch((reason: unknown) => {
      if (!until.aborted) throw reason;
    });
  }

  async #letGo(): Promise<void> {
    const { outbox, sink, log, session } = this.#parts;
    const lease = this.#lease;
    const ends = await Promise.allSettled([sink.close(), lease ? outbox.release(lease) : undefined]);
    for (const end of ends)
      if (end.status === "rejected") log.debug("Sink not closed in order", { session, sink: sink.name });
    this.#state = { ...this.#state, phase: "closed" };
  }
}
