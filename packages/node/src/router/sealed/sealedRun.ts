import type { Refusal } from "@cortensor/api";
import {
  type Address,
  type Assignment,
  type Bytes32,
  type Envelope,
  encodeEnvelope,
  type FinishReason,
  type ProvenCheckpoint,
  type ReplicaWork,
  SEGMENTS_MAX,
  type SealedEvent,
  type SealSuite,
} from "@cortensor/protocol";
import type { MinerSeat, SeatOffer } from "../minerSeat.js";
import { assignmentOf, type TaskPlan } from "../planTask.js";
import type { ExpectedResult } from "../provenResults.js";
import { HANDOVER_WAIT_MS, paidSegment } from "../replicaRun.js";
import type { RouterCore } from "../routerCore.js";
import type { SeenPart } from "../seenPart.js";
import { Segment, type SegmentEnd, type SegmentLimits, type SegmentParts } from "../segment.js";
import type { StrandedTask } from "../waitingRoom.js";
import type { FinishedSample } from "./sampleDraft.js";
import { SealedFrames } from "./sealedFrames.js";
import { SealedTo } from "./sealedTo.js";

/** How a sealed task ended. */
export type SealedTaskEnd = {
  readonly finish: FinishReason;
  readonly work: ReplicaWork;
  readonly results: readonly Bytes32[];
  readonly made: FinishedSample | undefined;
  readonly checkpoints: () => readonly ProvenCheckpoint[];
  readonly parts: readonly SeenPart[];
  readonly workers: readonly SeatOffer[];
  /** Every miner that an envelope was sealed to, ascending, and the weakest suite among them. */
  readonly readers: readonly Address[];
  readonly suite: SealSuite;
  readonly refusal?: Refusal;
};

export type SealedRunParts = {
  readonly plan: TaskPlan;
  readonly suite: SealSuite;
  readonly seedSource: Bytes32;
  readonly warmTag: Bytes32;
  readonly limits: SegmentLimits & {
    readonly handoversMax: number;
    readonly abortGraceMs: number;
    readonly deadlineMs: number;
  };
  readonly expectedTokens: number;
  /** Another miner that can be sealed to, among some or all. */
  readonly choose: (
    excluded: ReadonlySet<Address>,
    kernelClass: Bytes32 | undefined,
    among?: ReadonlySet<Address>,
  ) => SeatOffer | undefined;
  /** Who may be sealed to beside that miner. */
  readonly standbysOf: (offer: SeatOffer) => readonly SeatOffer[];
  readonly addLeaf: SegmentParts["addLeaf"];
  readonly core: Pick<RouterCore, "scores" | "clock" | "time" | "log" | "metrics">;
  readonly stranded: Set<StrandedTask>;
  readonly onEvent: (event: SealedEvent) => void;
  /** The answer needs a new envelope, for this assignment. */
  readonly onReassigned: (assigned: SealedSeat) => void;
  /** A standby goes on under the envelope that is there. */
  readonly onHandedOver: (assigned: SealedSeat) => void;
  readonly onResult: (seat: MinerSeat, of: ExpectedResult) => void;
  /** Once. */
  readonly onEnd: (end: SealedTaskEnd) => void;
};

/** A miner that has the task from here on, who may stand by, and how many output tokens there are. */
export type SealedSeat = {
  readonly assignment: Assignment;
  readonly offer: SeatOffer;
  readonly standbys: readonly SeatOffer[];
  readonly committed: number;
};

type Phase = "assigned" | "running" | "seeking" | "ended";
type Fault = Pick<Refusal, "code" | "message">;

/**
 * One sealed task, from its first assignment to its end. When a miner is lost a standby goes on, where the client sealed to any that is there; else the client
 * seals the same task to the next one, with the tokens that it has: the router can't. Ends exactly once.
 */
export class SealedRun {
  readonly #parts: SealedRunParts;
  readonly #segments: Segment[] = [];
  readonly #readers = new Set<Address>();
  readonly #excluded = new Set<Address>();
  #suites: SealSuite[] = [];
  #phase: Phase = "assigned";
  #current: Segment | undefined;
  #handovers = 0;
  #seekUntilMs = 0;
  #abortDueMs: number | undefined;
  #hasBegun = false;
  #standbys: readonly SeatOffer[] = [];
  #sealedTo: SealedTo | undefined;

  constructor(parts: SealedRunParts) {
    this.#parts = parts;
  }

  /** Whether an envelope has come. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** Assigns the task to its first miner, whose seat is taken from here on. */
  assign(offer: SeatOffer): SealedSeat {
    return this.#seatOf(this.#assign(offer));
  }

  /** Passes the envelope on. What is wrong with it, or undefined. */
  take(envelope: Envelope): "notAwaited" | "otherTask" | "otherSuite" | "otherMiner" | "otherReader" | undefined {
    const segment = this.#current;
    const { plan, suite } = this.#parts;
    if (this.#phase !== "assigned" || segment === undefined) return "notAwaited";
    if (envelope.taskId !== plan.taskId) return "otherTask";
    if (envelope.suite !== suite) return "otherSuite";
    const readers = envelope.readers.map(({ miner }) => miner);
    const { miner } = segment.seat;
    if (!readers.includes(miner)) return "otherMiner";
    const named = new Set([miner, ...this.#standbys.map((standby) => standby.miner)]);
    if (!readers.every((reader) => named.has(reader))) return "otherReader";
    this.#hasBegun = true;
    for (const reader of readers) this.#readers.add(reader);
    this.#suites = [...this.#suites, envelope.suite];
    const sealedTo = new SealedTo(encodeEnvelope(envelope), readers);
    this.#sealedTo = sealedTo.canBeHandedOver ? sealedTo : undefined;
    this.#start(segment, sealedTo);
    return undefined;
  }

  #start(segment: Segment, { envelope, handed }: SealedTo): void {
    const { plan, seedSource, warmTag } = this.#parts;
    this.#phase = "running";
    const before = handed.length === 0 ? {} : { handed: [...handed] };
    const { assignment, madeFrom: committed } = segment;
    this.#sealedTo?.begin();
    const task = { task: plan.task, assignment, seedSource, warmTag, committed, envelope };
    segment.start({ kind: "startSealed", ...task, ...before });
  }

  /** The client has gone: what was generated is paid, nothing more is. */
  abort(): void {
    if (this.#phase === "ended" || this.#abortDueMs !== undefined) return;
    this.#abortDueMs = this.#nowMs() + this.#parts.limits.abortGraceMs;
    if (this.#phase === "running" && this.#current !== undefined) this.#current.abort("client");
    else this.#close("abort", {});
  }

  sweep(nowMs: number): void {
    if (this.#phase === "ended") return;
    const segment = this.#current;
    if (nowMs >= this.#parts.limits.deadlineMs) this.giveUp("timeout", "The task took too long.");
    else if (this.#abortDueMs !== undefined && nowMs >= this.#abortDueMs) this.#close("abort", {});
    else if (this.#phase === "seeking") this.#seek();
    else if (this.#phase === "assigned" && segment !== undefined) this.#lapse(segment);
    else if (segment !== undefined && nowMs >= segment.dueMs) segment.giveUp("silent");
  }

  giveUp(code: Refusal["code"], message: string): void {
    if (this.#phase !== "ended") this.#close("error", { refusal: { code, message } });
  }

  retry(): void {
    if (this.#phase === "seeking") this.#seek();
  }

  /** An assignment that nobody seals to within its time is void. */
  #lapse({ assignment }: Segment): void {
    if (this.#parts.core.time.chainSeconds() < assignment.expires) return;
    this.#close("abort", { refusal: { code: "timeout", message: "The assignment has lapsed." } });
  }

  #assign(offer: SeatOffer): Segment {
    const { plan, limits, expectedTokens, addLeaf, core, onEvent } = this.#parts;
    const last = this.#segments.at(-1);
    const assignment = assignmentOf(plan, {
      miner: offer.miner,
      replica: 0,
      kernelClass: offer.kernelClass,
      segment: this.#segments.length,
      from: last?.ackedTo ?? 0,
      weiPerTokenIn: offer.weiPerTokenIn,
      weiPerTokenOut: offer.weiPerTokenOut,
      nowSeconds: core.time.chainSeconds(),
    });
    const committed = last?.position ?? 0;
    const segment = new Segment({
      offer,
      assignment,
      load: { tokensAhead: Math.max(1, expectedTokens - committed), ...plan.task },
      frames: new SealedFrames({
        taskId: assignment.taskId,
        committed,
        maxOut: limits.maxOut,
        onOpening: (opening) => {
          this.#sealedTo?.keepOpening(opening);
          onEvent({ kind: "opening", opening });
        },
        onFrame: (frame, tokens) => {
          this.#sealedTo?.keepFrame(frame);
          onEvent({ kind: "frame", frame, tokens });
        },
      }),
      limits,
      nIn: this.#segments.find(({ nIn }) => nIn !== undefined)?.nIn,
      nowMs: () => this.#nowMs(),
      addLeaf,
      onEnd: (end) => this.#onSegmentEnd(segment, end),
    });
    this.#segments.push(segment);
    this.#current = segment;
    this.#standbys = this.#parts.standbysOf(offer).filter(({ miner }) => !this.#excluded.has(miner));
    this.#phase = "assigned";
    return segment;
  }

  #onSegmentEnd(segment: Segment, end: SegmentEnd): void {
    if (this.#current === segment) this.#current = undefined;
    if (this.#phase === "ended") return;
    if (end.kind === "finished") this.#onFinished(segment, end);
    else if (end.kind === "refused") this.#onRefused(segment, end);
    else this.#onLost(segment, end);
  }

  #onFinished(segment: Segment, { message, structHash }: Extract<SegmentEnd, { kind: "finished" }>): void {
    const { core, onResult } = this.#parts;
    core.scores.record(segment.seat.miner, "good");
    onResult(segment.seat, { taskId: message.result.taskId, result: structHash });
    const { result, recipe } = message;
    this.#close(message.finish, { finished: { result, recipe, structHash } });
  }

  #onRefused({ seat }: Segment, { code, detail }: Extract<SegmentEnd, { kind: "refused" }>): void {
    const { core, plan } = this.#parts;
    this.#segments.pop();
    core.metrics.refusedByMiner.add({ code });
    core.log.debug("Miner refused a sealed task", { taskId: plan.taskId, miner: seat.miner, code });
    if (code === "promptTooLong") {
      this.giveUp("prompt_too_long", "The prompt is longer than the model's context, or than 'maxIn'.");
    } else if (code === "badEnvelope" && this.#sealedTo?.isHandedOver !== true) {
      this.giveUp("envelope_refused", `The miner can't take the envelope: ${wordOf(detail)}.`);
    } else {
      // What one standby can't take the next can't either: its client seals again.
      if (code === "badEnvelope") this.#sealedTo = undefined;
      this.#goOn(seat, { code: "overloaded", message: "The miners are busy." });
    }
  }

  #onLost({ seat }: Segment, { conduct, reason }: Extract<SegmentEnd, { kind: "lost" }>): void {
    const { core, plan } = this.#parts;
    if (conduct !== undefined) core.scores.record(seat.miner, conduct);
    core.metrics.handovers.add({ reason });
    core.log.info("Sealed task lost its miner", { taskId: plan.taskId, miner: seat.miner, reason });
    this.#goOn(seat, { code: "miner_failed", message: "No other miner could continue the answer." });
  }

  #goOn({ miner }: MinerSeat, otherwise: Fault): void {
    this.#excluded.add(miner);
    this.#handovers += 1;
    const { handoversMax } = this.#parts.limits;
    if (this.#abortDueMs !== undefined) this.#close("abort", {});
    else if (this.#handovers > handoversMax || this.#segments.length >= SEGMENTS_MAX) {
      this.giveUp(otherwise.code, otherwise.message);
    } else {
      this.#phase = "seeking";
      this.#seekUntilMs = this.#nowMs() + HANDOVER_WAIT_MS;
      this.#parts.stranded.add(this);
      this.#seek();
    }
  }

  #seek(): void {
    const { choose, stranded, onReassigned, onHandedOver } = this.#parts;
    const kernelClass = this.#segments.at(-1)?.assignment.kernelClass;
    const sealedTo = this.#sealedTo;
    const standby = sealedTo?.canBeHandedOver ? choose(this.#excluded, kernelClass, sealedTo.readers) : undefined;
    const offer = standby ?? choose(this.#excluded, kernelClass);
    if (offer !== undefined) {
      stranded.delete(this);
      const segment = this.#assign(offer);
      if (standby === undefined || sealedTo === undefined) {
        this.#sealedTo = undefined;
        onReassigned(this.#seatOf(segment));
        return;
      }
      onHandedOver(this.#seatOf(segment));
      this.#start(segment, sealedTo);
    } else if (this.#nowMs() >= this.#seekUntilMs) {
      this.giveUp("miner_failed", "No other miner could continue the answer.");
    }
  }

  #seatOf({ assignment, offer, madeFrom: committed }: Segment): SealedSeat {
    return { assignment, offer, standbys: this.#standbys, committed };
  }

  #close(
    finish: FinishReason,
    {
      finished,
      refusal,
    }: {
      readonly finished?: FinishedSample & { readonly structHash: Bytes32 };
      readonly refusal?: Refusal;
    },
  ): void {
    this.#phase = "ended";
    this.#parts.stranded.delete(this);
    const current = this.#current;
    this.#current = undefined;
    current?.giveUp("failed");
    const segments = this.#segments;
    this.#parts.onEnd({
      finish,
      work: {
        replica: 0,
        segments: segments.map((one) => paidSegment(one, one.ackedTo)),
        isFinished: finished !== undefined,
      },
      results: finished === undefined ? [] : [finished.structHash],
      made: finished,
      checkpoints: () =>
        finished === undefined ? [] : segments.slice(0, -1).flatMap((one) => one.signedCheckpoint() ?? []),
      parts: segments.flatMap(({ seen }) => seen ?? []),
      workers: segments.map(({ offer }) => offer),
      readers: [...this.#readers].sort(),
      suite: this.#suites.every((suite) => suite === "xwing") ? "xwing" : "x25519",
      ...(refusal === undefined ? {} : { refusal }),
    });
  }

  #nowMs(): number {
    return this.#parts.core.clock.nowMs();
  }
}

/** A miner's refusal is a word of protocol's list; nothing else of what it says reaches the client. */
function wordOf(detail: string): string {
  return /^[a-zA-Z]{1,32}$/.test(detail) ? detail : "no reason given";
}
