import type { InferEvent, Refusal } from "@cortensor/api";
import {
  type Address,
  type Bytes32,
  type FinishReason,
  type InferenceRequest,
  type ProvenCheckpoint,
  type ReplicaWork,
  SEGMENTS_MAX,
  type SegmentWork,
  type UnixSeconds,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { Misfit } from "./chooseMiner.js";
import type { RouterMetrics } from "./metrics.js";
import type { MinerSeat, SeatOffer } from "./minerSeat.js";
import { OpenFrames, type OpenFramesParts } from "./openFrames.js";
import { assignmentOf, type TaskPlan } from "./planTask.js";
import type { ExpectedResult } from "./provenResults.js";
import type { ScoreBook } from "./scoreBook.js";
import type { SeenPart } from "./seenPart.js";
import { Segment, type SegmentEnd, type SegmentLimits, type SegmentParts } from "./segment.js";
import { TokenLog } from "./tokenLog.js";
import type { StrandedTask } from "./waitingRoom.js";

/** Miners that may decline one task before the client is told to come back: each costs a round trip. */
const REFUSALS_MAX = 8;
/** A hand-over waits this long for an able miner: one may be restarting, or about to finish another task. */
export const HANDOVER_WAIT_MS = 5_000;

/** How a replica ended. */
export type ReplicaEnd = {
  readonly finish: FinishReason;
  /** What its miners are to be paid for. */
  readonly work: ReplicaWork;
  /** The same when its answer isn't taken: what the router has acknowledged, and so promised, alone. */
  readonly promised: ReplicaWork;
  /** Struct hashes of the results, in order of segment. */
  readonly results: readonly Bytes32[];
  /** What the miners have signed, by now, that were given up before the one that finished. */
  readonly checkpoints: () => readonly ProvenCheckpoint[];
  /** What is told in public of its miners' parts. */
  readonly parts: readonly SeenPart[];
  /** Who worked on it, one for each segment. */
  readonly workers: readonly SeatOffer[];
  /** With the finish `error`: why. */
  readonly refusal?: Refusal;
};

export type ReplicaParts = {
  readonly plan: TaskPlan;
  readonly replica: number;
  /** Largest fee of this replica alone. */
  readonly feeCapWei: bigint;
  readonly request: InferenceRequest;
  readonly seedSource: Bytes32 | undefined;
  /** Names the conversation to its miners. */
  readonly warmTag: Bytes32;
  readonly limits: SegmentLimits & {
    readonly handoversMax: number;
    readonly abortGraceMs: number;
    readonly deadlineMs: number;
  };
  readonly choose: (wanted: {
    readonly excluded: ReadonlySet<Address>;
    readonly mayQueue: true;
    readonly kernelClass?: Bytes32;
  }) => { readonly kind: "chosen"; readonly offer: SeatOffer } | { readonly kind: "none"; readonly reason: Misfit };
  readonly addLeaf: SegmentParts["addLeaf"];
  /** Output tokens that a task of this size is expected to make. */
  readonly expectedTokens: number;
  readonly scores: ScoreBook;
  readonly nowMs: () => number;
  /** Chain time. */
  readonly nowSeconds: () => UnixSeconds;
  readonly log: Logger;
  readonly metrics: RouterMetrics;
  readonly onText: (event: TextEvent) => void;
  /** Where the task is while it waits for another miner: it is tried again as soon as one has room. */
  readonly stranded: Set<StrandedTask>;
  /** A good result, whose signature is still to come. */
  readonly onResult: (seat: MinerSeat, of: ExpectedResult) => void;
  /** Once, after the last text. */
  readonly onEnd: (end: ReplicaEnd) => void;
};

export type TextEvent = Extract<InferEvent, { kind: "text" }>;

type Phase = "idle" | "running" | "waiting" | "ended";

/**
 * One generation, from its first miner to its end. Owns the replica's tokens: each successor gets all of them, and what the client saw is
 * never taken back. Ends exactly once.
 */
export class ReplicaRun {
  readonly #parts: ReplicaParts;
  readonly #tokens = new TokenLog();
  readonly #segments: Segment[] = [];
  readonly #results: Bytes32[] = [];
  readonly #excluded = new Set<Address>();
  #phase: Phase = "idle";
  #current: Segment | undefined;
  #handovers = 0;
  #refusals = 0;
  #isPromptTooLong = false;
  #isDocumentRefused = false;
  #waitUntilMs = 0;
  #lostAtMs: number | undefined;
  #abortDueMs: number | undefined;

  constructor(parts: ReplicaParts) {
    this.#parts = parts;
  }

  /** Miners that have had a part in it. */
  get workers(): readonly SeatOffer[] {
    return this.#segments.map(({ offer }) => offer);
  }

  /** The first miner is chosen before this. Until then the task waits for its turn, and may be aborted, swept and given up. */
  start(offer: SeatOffer): void {
    this.#phase = "running";
    this.#assign(offer);
  }

  /** The client has gone: what was generated is paid, nothing more is. */
  abort(): void {
    if (this.#phase === "ended" || this.#abortDueMs !== undefined) return;
    this.#abortDueMs = this.#parts.nowMs() + this.#parts.limits.abortGraceMs;
    if (this.#current === undefined) this.#finishEarly();
    else this.#current.abort("client");
  }

  /** Acts on what is overdue. Called every so often for every task. */
  sweep(nowMs: number): void {
    if (this.#phase === "ended") return;
    if (nowMs >= this.#parts.limits.deadlineMs) this.#giveUp("timeout", "The task took too long.");
    else if (this.#abortDueMs !== undefined && nowMs >= this.#abortDueMs) this.#finishEarly();
    else if (this.#phase === "waiting") this.#handOver();
    else if (this.#current !== undefined && nowMs >= this.#current.dueMs) this.#current.giveUp("silent");
  }

  /** The router is stopping, or its books can't take the task. */
  giveUp(code: Refusal["code"], message: string): void {
    if (this.#phase !== "ended") this.#giveUp(code, message);
  }

  /** A miner has room: a task that waits for another one has it first. */
  retry(): void {
    if (this.#phase === "waiting") this.#handOver();
  }

  #assign(offer: SeatOffer): void {
    const { plan, request, seedSource, warmTag, limits, nowMs } = this.#parts;
    const { seat } = offer;
    const assignment = assignmentOf(plan, {
      miner: seat.miner,
      replica: this.#parts.replica,
      kernelClass: offer.kernelClass,
      segment: this.#segments.length,
      from: this.#segments.at(-1)?.ackedTo ?? 0,
      weiPerTokenIn: offer.weiPerTokenIn,
      weiPerTokenOut: offer.weiPerTokenOut,
      nowSeconds: this.#parts.nowSeconds(),
    });
    const left = Math.max(1, this.#parts.expectedTokens - this.#tokens.length);
    const segment = new Segment({
      offer,
      assignment,
      load: { tokensAhead: left, ...plan.task, feeCapWei: this.#parts.feeCapWei },
      frames: new OpenFrames({
        tokens: this.#tokens,
        maxOut: limits.maxOut,
        onTokens: (message) => this.#onTokens(message),
      }),
      limits,
      nIn: this.#segments.find((one) => one.nIn !== undefined)?.nIn,
      nowMs,
      addLeaf: this.#parts.addLeaf,
      onEnd: (end) => this.#onSegmentEnd(segment, end),
    });
    this.#segments.push(segment);
    this.#current = segment;
    segment.start({
      kind: "start",
      task: plan.task,
      assignment,
      prompt: request.prompt,
      promptSalt: plan.promptSalt,
      params: request.params,
      ...(seedSource === undefined ? {} : { seedSource }),
      warmTag,
      committed: this.#tokens.ids.slice(),
    });
  }

  #onTokens(message: Parameters<OpenFramesParts["onTokens"]>[0]): void {
    const { metrics, nowMs, onText } = this.#parts;
    if (this.#lostAtMs !== undefined) {
      metrics.handoverGap.observe({}, (nowMs() - this.#lostAtMs) / 1_000);
      this.#lostAtMs = undefined;
    }
    const { text, ids, cuts, logprobs } = message;
    onText({ kind: "text", text, ids, ...(cuts && { cuts }), ...(logprobs && { logprobs }) });
  }

  #onSegmentEnd(segment: Segment, end: SegmentEnd): void {
    if (this.#current === segment) this.#current = undefined;
    if (this.#phase === "ended") return;
    if (end.kind === "finished") {
      this.#onFinished(segment, end);
      return;
    }
    if (end.kind === "refused") this.#onRefused(segment, end.code);
    else this.#onLost(segment, end);
    if (this.#abortDueMs !== undefined) this.#finishEarly();
    else this.#handOver();
  }

  #onFinished(segment: Segment, { message, structHash }: Extract<SegmentEnd, { kind: "finished" }>): void {
    const { scores, onText, onResult } = this.#parts;
    scores.record(segment.seat.miner, "good");
    onResult(segment.seat, { taskId: message.result.taskId, result: structHash });
    this.#results.push(structHash);
    if (message.text !== "") onText({ kind: "text", text: message.text, ids: [] });
    this.#close(message.finish, { isFinished: true });
  }

  #onRefused(segment: Segment, code: Extract<SegmentEnd, { kind: "refused" }>["code"]): void {
    this.#segments.pop();
    this.#refusals += 1;
    if (!segment.seat.isGone) this.#excluded.add(segment.seat.miner);
    if (code === "promptTooLong") this.#isPromptTooLong = true;
    if (code === "documentRefused") this.#isDocumentRefused = true;
    this.#parts.metrics.refusedByMiner.add({ code });
    this.#parts.log.debug("Miner refused a task", { taskId: this.#parts.plan.taskId, miner: segment.seat.miner, code });
  }

  #onLost(segment: Segment, { conduct, reason }: Extract<SegmentEnd, { kind: "lost" }>): void {
    const { scores, metrics, log, nowMs, plan } = this.#parts;
    const { miner } = segment.seat;
    this.#handovers += 1;
    this.#lostAtMs ??= nowMs();
    if (conduct !== undefined) scores.record(miner, conduct);
    // A miner whose link broke may come back on a new one, and is welcome to.
    if (reason !== "linkClosed") this.#excluded.add(miner);
    metrics.handovers.add({ reason });
    log.info("Task handed over", { taskId: plan.taskId, miner, reason, tokens: this.#tokens.length });
  }

  #handOver(): void {
    const { limits, choose, nowMs, stranded } = this.#parts;
    const hopeless = this.#hopeless(limits.handoversMax);
    if (hopeless !== undefined) {
      this.#giveUp(hopeless.code, hopeless.message);
      return;
    }
    const kernelClass = this.#segments.at(-1)?.assignment.kernelClass;
    const excluded = this.#excluded;
    const choice = choose({ excluded, mayQueue: true, ...(kernelClass === undefined ? {} : { kernelClass }) });
    if (choice.kind === "chosen") {
      this.#phase = "running";
      stranded.delete(this);
      this.#assign(choice.offer);
    } else if (this.#isPromptTooLong) {
      this.#giveUp("prompt_too_long", "The prompt is longer than the model's context.");
    } else if (this.#isDocumentRefused) {
      this.#giveUp("document_unavailable", "No miner could fetch a hosted document as its hash pins it.");
    } else if (this.#handovers === 0) {
      this.#giveUp("overloaded", "The miners are busy.");
    } else if (this.#phase !== "waiting") {
      this.#phase = "waiting";
      stranded.add(this);
      this.#waitUntilMs = nowMs() + HANDOVER_WAIT_MS;
    } else if (nowMs() >= this.#waitUntilMs) {
      this.#giveUp("miner_failed", "No other miner could continue the answer.");
    }
  }

  #hopeless(handoversMax: number): Pick<Refusal, "code" | "message"> | undefined {
    if (this.#handovers > handoversMax || this.#segments.length >= SEGMENTS_MAX) {
      return { code: "miner_failed", message: "Too many miners failed on this task." };
    }
    return this.#refusals > REFUSALS_MAX ? { code: "overloaded", message: "The miners are busy." } : undefined;
  }

  /** Ends an aborted task by what was acknowledged, without a result. */
  #finishEarly(): void {
    this.#close("abort", { isFinished: false });
  }

  #giveUp(code: Refusal["code"], message: string): void {
    this.#close("error", { isFinished: false, refusal: { code, message } });
  }

  /** Says what each miner is to be paid for. */
  #close(
    finish: FinishReason,
    { isFinished, refusal }: { readonly isFinished: boolean; readonly refusal?: Refusal },
  ): void {
    this.#phase = "ended";
    this.#parts.stranded.delete(this);
    const current = this.#current;
    this.#current = undefined;
    current?.giveUp("failed");
    const { replica } = this.#parts;
    this.#parts.onEnd({
      finish,
      work: { replica, segments: this.#segments.map((one) => paidSegment(one, one.ackedTo)), isFinished },
      promised: { replica, segments: this.#segments.map((one) => paidSegment(one, one.promisedTo)), isFinished: false },
      results: this.#results,
      checkpoints: () => (isFinished ? this.#segments.slice(0, -1).flatMap((one) => one.signedCheckpoint() ?? []) : []),
      parts: this.#segments.flatMap(({ seen }) => seen ?? []),
      workers: this.workers,
      ...(refusal === undefined ? {} : { refusal }),
    });
  }
}

/** What a segment's miner is to be paid for. */
export function paidSegment({ assignment, madeFrom, nIn }: Segment, paidTo: number): SegmentWork {
  return {
    miner: assignment.miner,
    segment: assignment.segment,
    weiPerTokenIn: assignment.weiPerTokenIn,
    weiPerTokenOut: assignment.weiPerTokenOut,
    from: assignment.from,
    madeFrom,
    paidTo,
    nIn: nIn ?? 0,
  };
}
