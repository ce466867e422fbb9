import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Bytes32, isBytes32 } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import { CLIENT_LOOK_MS } from "../limits.js";
import { openSink } from "../openSink.js";
import { DEFAULT_OUTBOX_BOUNDS, isFull } from "../outbox/outboxBounds.js";
import type { OutboxBounds, SinkOutbox } from "../outbox/sinkOutbox.js";
import { createSinkPump, type SinkPump } from "../pump/createSinkPump.js";
import { NO_SINK_METRICS } from "../pump/sinkMetrics.js";
import type { SinkState } from "../pump/sinkState.js";
import { SinkError } from "../sinkError.js";
import { OWN_POLICY } from "../target/sinkPolicy.js";
import { nameOfTarget, type SinkTarget } from "../target/sinkTarget.js";
import { type AppendDraftsParts, appendDrafts } from "./appendDrafts.js";
import { type ClientDatabase, openClientDatabase } from "./clientDatabase.js";
import { type ClientDrafts, createClientDrafts } from "./clientDrafts.js";
import { type ClientTask, type EndedClientTask, textsOfBegun, textsOfEnded } from "./clientTask.js";
import { createClientOutbox } from "./createClientOutbox.js";
import { isRunning, processName } from "./processName.js";

export type ClientSinkParts = {
  readonly target: SinkTarget;
  /** Where its outbox lies, a file for each place that is written to. */
  readonly folder: string;
  /** The router that is asked. */
  readonly router: string;
  /** Names this process among those that share the folder: one that is started again has the name that it had. */
  readonly holder: string;
  readonly receiptOf: AppendDraftsParts["receiptOf"];
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly log: Logger;
  readonly bounds?: Partial<OutboxBounds>;
};

/**
 * What a client tells of its tasks, so that its own sink gets them. Each returns once what it was told is on disk; none waits for a sink or a router.
 */
export type ClientRecorder = {
  /** Before a task is asked. Throws SINK_FULL while as much waits as may: ask nothing then. */
  readonly admit: () => Promise<void>;
  /** Once a task has its id, before its prompt leaves. */
  readonly begun: (task: ClientTask) => Promise<void>;
  /** Before whoever asked is told that the answer is complete, or once it has failed. */
  readonly ended: (task: EndedClientTask) => Promise<void>;
};

/** A client's own sink, on its own machine: what waits is in a file, and goes on from there after any death of the process. */
export type ClientSink = {
  readonly recorder: ClientRecorder;
  readonly state: () => SinkState & { readonly drafts: number };
  /** Resolves when all that was told has been delivered, or the signal aborts. True: nothing waits. */
  readonly drain: (signal: AbortSignal) => Promise<boolean>;
  readonly close: () => Promise<void>;
};

/** Opens it and goes on with what waits. Throws SINK_OUTBOX_FAILED, SINK_TARGET_REFUSED. */
export async function openClientSink(parts: ClientSinkParts): Promise<ClientSink> {
  const { target, folder, clock, random, log, holder } = parts;
  const sink = openSink(target, { policy: OWN_POLICY, clock });
  const db = await openClientDatabase(join(folder, `${placeOf(target)}.db`));
  const drafts = createClientDrafts(db);
  const bounds = parts.bounds ?? {};
  const outbox = createClientOutbox({ db, clock, bounds });
  const stream = streamOf(db);
  const pump = createSinkPump({
    ...{ session: stream, sink, outbox, holder, clock, random, log, metrics: NO_SINK_METRICS },
  });
  const desk = new ClientDesk({ ...parts, db, drafts, outbox, stream, pump, process: await processName() });
  desk.start();
  return desk;
}

/** One file for each place: what was written there, and how far, isn't another's. No credential is in it. */
function placeOf(target: SinkTarget): string {
  const table = target.kind === "webhook" ? [] : [target.prefix];
  const schema = target.kind === "postgres" || target.kind === "mysql" ? [target.schema ?? ""] : [];
  const place = JSON.stringify([nameOfTarget(target), ...table, ...schema]);
  return createHash("sha256").update(place).digest("hex").slice(0, 32);
}

/** Drawn once: several clients may write into one table, and none of them takes another's rows for its own. */
function streamOf(db: ClientDatabase): Bytes32 {
  const fresh = `0x${randomBytes(32).toString("hex")}`;
  db.query("INSERT INTO client_stream (one, id) VALUES (1, ?) ON CONFLICT DO NOTHING", [fresh]);
  const id = db.query("SELECT id FROM client_stream")[0]?.id;
  if (!isBytes32(id)) throw new SinkError({ code: "SINK_OUTBOX_FAILED", state: "no stream" });
  return id;
}

type DeskParts = ClientSinkParts & {
  readonly db: ClientDatabase;
  readonly drafts: ClientDrafts;
  readonly outbox: SinkOutbox;
  readonly stream: Bytes32;
  readonly pump: SinkPump;
  readonly process: string;
};

class ClientDesk implements ClientSink {
  readonly #parts: DeskParts;
  readonly #stop = new AbortController();
  #waker = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  readonly recorder: ClientRecorder;

  constructor(parts: DeskParts) {
    this.#parts = parts;
    const { drafts, router, process, clock } = parts;
    this.recorder = {
      admit: () => this.#admit(),
      begun: async (task) => {
        drafts.begin({ taskId: task.taskId, router, process, texts: textsOfBegun(task), keptAtMs: clock.nowMs() });
      },
      ended: async (task) => {
        const { taskId, isWhole } = task;
        drafts.end({ taskId, router, process, isWhole, texts: textsOfEnded(task), keptAtMs: clock.nowMs() });
        this.#waker.abort();
      },
    };
  }

  start(): void {
    const { signal } = this.#stop;
    this.#running = Promise.all([this.#parts.pump.run(signal), this.#look(signal)]);
  }

  state(): SinkState & { readonly drafts: number } {
    return { ...this.#parts.pump.state(), drafts: this.#parts.drafts.waiting().records };
  }

  async drain(signal: AbortSignal): Promise<boolean> {
    const { outbox, stream, drafts, clock } = this.#parts;
    const isEmpty = async () => drafts.waiting().records === 0 && (await outbox.status(stream)).records === 0;
    while (!(await isEmpty())) {
      if (signal.aborted) return false;
      await clock.sleep(CLIENT_LOOK_MS, signal).catch(ignoreAbort(signal));
    }
    return true;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    this.#parts.db.close();
  }

  async #admit(): Promise<void> {
    const { outbox, stream, drafts } = this.#parts;
    const bounds = { ...DEFAULT_OUTBOX_BOUNDS, ...this.#parts.bounds };
    const [sent, begun] = [await outbox.status(stream), drafts.waiting()];
    const waiting = { records: sent.records + begun.records, bytes: sent.bytes + begun.bytes };
    if (isFull(waiting, waiting.bytes, bounds)) {
      throw new SinkError({ code: "SINK_FULL", sink: this.#parts.pump.state().sink }, { isRetryable: true });
    }
  }

  /** Looks for receipts until it is stopped: soon after each answer, and now and then for what other processes left. */
  async #look(signal: AbortSignal): Promise<void> {
    const { pump, clock, log } = this.#parts;
    while (!signal.aborted) {
      this.#waker = new AbortController();
      const until = AbortSignal.any([signal, this.#waker.signal]);
      try {
        if (await appendDrafts({ ...this.#parts, isRunning }, clock.nowMs())) pump.wake();
        await clock.sleep(this.#pauseMs(), until).catch(ignoreAbort(until));
      } catch (error) {
        log.warn("A sink's outbox can't be written", {}, error);
        await clock.sleep(CLIENT_LOOK_MS * 20, signal).catch(ignoreAbort(signal));
      }
    }
  }

  #pauseMs(): number {
    const { drafts, clock } = this.#parts;
    const next = drafts.nextDueMs();
    const idleMs = CLIENT_LOOK_MS * 100;
    return next === undefined ? idleMs : Math.min(idleMs, Math.max(CLIENT_LOOK_MS, next - clock.nowMs()));
  }
}

function ignoreAbort(signal: AbortSignal): (reason: unknown) => void {
  return (reason) => {
    if (!signal.aborted) throw reason;
  };
}
