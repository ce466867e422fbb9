import {
  type Assignment,
  type Bytes32,
  CHECKPOINT_TOKENS,
  type Checkpoint,
  hasCode,
  hashAcknowledgement,
  hashAssignment,
  hashCheckpoint,
  hashResult,
  type ProvenCheckpoint,
} from "@cortensor/protocol";
import type { FromMiner, LinkStream, Start, StartEmbedding, StartSealed, StreamMessage } from "@cortensor/wire";
import type { BadResult, ExpectedResult, ResultMessage } from "./checkResult.js";
import type { MinerSeat, SeatLoad, SeatOffer } from "./minerSeat.js";
import type { Conduct } from "./scoreBook.js";
import { type SeenPart, seenPart } from "./seenPart.js";

export type RefusalCode = Extract<FromMiner, { kind: "refused" }>["code"];

/** Why a miner's frame isn't believed. */
export type BadFrame = "badOrder" | "badPosition" | "badCuts" | "badCheckpoint" | "badPromptCount" | "tooManyTokens";

export type SegmentEnd =
  | { readonly kind: "refused"; readonly code: RefusalCode | "noStream"; readonly detail: string }
  | {
      readonly kind: "lost";
      readonly conduct: Conduct | undefined;
      readonly reason: BadFrame | BadResult | "linkClosed" | "streamEnded" | "silent" | "failed" | "committedMismatch";
    }
  | { readonly kind: "finished"; readonly message: ResultMessage; readonly structHash: Bytes32 };

/** What the frames of an answer bring: the one thing in which an open segment and a sealed one differ. */
export type SegmentFrames = {
  /** Output tokens of the task that have come, those of earlier miners among them. */
  readonly position: number;
  /** Running root at a position, where it is known. */
  rootAt(position: number): Bytes32 | undefined;
  /** Reads a frame of the answer itself, which comes behind `accepted`. */
  take(message: StreamMessage): Came;
  /** Whether a checkpoint behind the last one speaks of what has come. */
  fits(checkpoint: Checkpoint): boolean;
  /** The checkpoint is acknowledged: it is paid for. */
  readonly acknowledged?: (checkpoint: Checkpoint) => void;
  /** Checks the answer's last message against what has come. */
  check(message: StreamMessage, expected: ExpectedSegment): CheckedEnd;
};

/** What one frame brought. */
export type Came =
  /** To be told to the client by `deliver`, once it is counted. */
  | { readonly kind: "tokens"; readonly count: number; readonly deliver: () => void }
  | { readonly kind: "output" | "opening" | "nothing"; readonly deliver: () => void }
  | { readonly kind: "bad"; readonly reason: BadFrame };

export type CheckedEnd =
  | { readonly kind: "good"; readonly message: ResultMessage }
  | { readonly kind: "bad"; readonly reason: BadResult | BadFrame };

/** What is known of a segment at its end, whatever its frames are. */
export type ExpectedSegment = Omit<ExpectedResult, "tokens" | "tokenRoot" | "text" | "output">;

export type SegmentLimits = {
  readonly maxIn: number;
  readonly maxOut: number;
  readonly acceptTimeoutMs: number;
  readonly firstTokenTimeoutMs: number;
  readonly silenceTimeoutMs: number;
};

export type SegmentParts = {
  readonly offer: SeatOffer;
  readonly assignment: Assignment;
  readonly load: SeatLoad;
  readonly frames: SegmentFrames;
  readonly limits: SegmentLimits;
  /** What an earlier miner counted, if one did. */
  readonly nIn: number | undefined;
  readonly nowMs: () => number;
  /** The router's own word on this task, to be signed with its next batch. */
  readonly addLeaf: (leaf: {
    readonly says: "assignment" | "acknowledgement";
    readonly structHash: Bytes32;
    readonly key: string;
    readonly seat: MinerSeat;
  }) => void;
  readonly onEnd: (end: SegmentEnd) => void;
};

/**
 * One miner's part of a task, from its assignment to its end: its seat is taken as long as that lasts. Passes on what comes, acknowledges checkpoints that fit it,
 * and ends exactly once.
 */
export class Segment {
  readonly #parts: SegmentParts;
  #startedAtMs: number;
  #stream: LinkStream | undefined;
  #phase: "assigned" | "accept" | "first" | "stream" | "ended" = "assigned";
  #heardAtMs: number;
  #isAborting = false;
  #firstTokenAtMs: number | undefined;
  #seen: SeenPart | undefined;
  nIn: number | undefined;
  /** Output tokens up to which the miner is to be paid if nothing more comes. */
  ackedTo: number;
  /** Its last acknowledged checkpoint: what it is paid even if its answer isn't taken. */
  promisedTo: number;
  /** First token that this miner made itself. */
  readonly madeFrom: number;

  constructor(parts: SegmentParts) {
    this.#parts = parts;
    this.#startedAtMs = parts.nowMs();
    this.#heardAtMs = this.#startedAtMs;
    this.ackedTo = parts.assignment.from;
    this.promisedTo = parts.assignment.from;
    this.madeFrom = parts.frames.position;
    this.seat.take(parts.load);
  }

  /** What is told of it in public; undefined until it has ended, and where its miner hadn't accepted. */
  get seen(): SeenPart | undefined {
    return this.#seen;
  }

  get offer(): SeatOffer {
    return this.#parts.offer;
  }

  get seat(): MinerSeat {
    return this.#parts.offer.seat;
  }

  get assignment(): Assignment {
    return this.#parts.assignment;
  }

  /** Output tokens of the task that have come, those of earlier miners among them. */
  get position(): number {
    return this.#parts.frames.position;
  }

  /** When its miner counts as silent, in milliseconds since 1970. */
  get dueMs(): number {
    const { acceptTimeoutMs, firstTokenTimeoutMs, silenceTimeoutMs } = this.#parts.limits;
    if (this.#phase === "assigned") return Number.POSITIVE_INFINITY;
    if (this.#phase === "accept") return this.#heardAtMs + acceptTimeoutMs;
    if (this.#phase === "first") return this.#heardAtMs + firstTokenTimeoutMs;
    return this.#heardAtMs + silenceTimeoutMs;
  }

  /** Sends the task to the miner. */
  start(first: Start | StartEmbedding | StartSealed): void {
    const { addLeaf, assignment, nowMs } = this.#parts;
    this.#startedAtMs = nowMs();
    this.#heardAtMs = this.#startedAtMs;
    this.#phase = "accept";
    const stream = this.#open(first);
    if (stream === undefined) {
      this.#end({ kind: "refused", code: "noStream", detail: "" });
      return;
    }
    this.#stream = stream;
    stream.onMessage((message) => this.#onMessage(message));
    void stream.ended.then((how) => {
      if (how === "linkClosed") this.seat.isGone = true;
      this.#end({ kind: "lost", conduct: "died", reason: how === "linkClosed" ? "linkClosed" : "streamEnded" });
    });
    const structHash = hashAssignment(assignment);
    addLeaf({ says: "assignment", structHash, key: assignmentKey(assignment), seat: this.seat });
  }

  /** Asks the miner to stop within one token; its result still counts. */
  abort(reason: string): void {
    this.#isAborting = true;
    this.#stream?.send({ kind: "abort", reason });
  }

  /** Gives the miner up. */
  giveUp(reason: "silent" | "failed"): void {
    this.#stream?.send({ kind: "abort", reason });
    this.#end({ kind: "lost", conduct: reason === "silent" ? "silent" : undefined, reason });
  }

  /**
   * The last of its acknowledged checkpoints that the miner has signed in a batch so far, behind tokens of its own. A batch holds only the latest checkpoint of a
   * task, and a miner that dies leaves the last unsigned; undefined where it left none.
   */
  signedCheckpoint(): ProvenCheckpoint | undefined {
    const last = this.promisedTo - (this.promisedTo % CHECKPOINT_TOKENS);
    for (let position = last; position > this.madeFrom; position -= CHECKPOINT_TOKENS) {
      const signed = this.#signedAt(position);
      if (signed !== undefined) return signed;
    }
    return undefined;
  }

  #signedAt(position: number): ProvenCheckpoint | undefined {
    const { assignment, frames } = this.#parts;
    const { taskId, miner, replica, segment } = assignment;
    const tokenRoot = frames.rootAt(position);
    if (tokenRoot === undefined) return undefined;
    const checkpoint = { taskId, miner, replica, segment, position, tokenRoot };
    const proof = this.seat.results.proofOf(hashCheckpoint(checkpoint));
    return proof && { checkpoint, proof };
  }

  #open(first: Start | StartEmbedding | StartSealed): LinkStream | undefined {
    try {
      return this.seat.link.open(first);
    } catch (error) {
      // Too many streams, or no link any more: another miner is asked, as after a refusal.
      if (!hasCode(error, "WIRE_STREAM_LIMIT")) this.seat.isGone = true;
      return undefined;
    }
  }

  #onMessage(message: StreamMessage): void {
    if (this.#phase === "ended") return;
    const nowMs = this.#parts.nowMs();
    switch (message.kind) {
      case "tokens":
      case "vectors":
      case "sealedOpening":
      case "sealedFrame":
        this.#onFrame(message, nowMs);
        return;
      case "checkpoint":
        this.#heardAtMs = nowMs;
        this.#onCheckpoint(message.checkpoint);
        return;
      case "accepted":
        this.#heardAtMs = nowMs;
        this.#onAccepted(message.nIn);
        return;
      case "result":
      case "sealedResult":
        this.#heardAtMs = nowMs;
        this.#onResult(message);
        return;
      case "refused":
        if (this.#phase === "accept") this.#end(message);
        else this.#lose("badOrder");
        return;
      case "committedMismatch":
        this.#end({ kind: "lost", conduct: undefined, reason: "committedMismatch" });
        return;
      case "failed":
        this.#end({ kind: "lost", conduct: "died", reason: "failed" });
        return;
      default:
        this.#lose("badOrder");
    }
  }

  #onAccepted(nIn: number): void {
    const known = this.#parts.nIn;
    const isPlausible = nIn >= 1 && nIn <= this.#parts.limits.maxIn && (known === undefined || known === nIn);
    if (this.#phase !== "accept") this.#lose("badOrder");
    else if (!isPlausible) this.#lose("badPromptCount");
    else {
      this.nIn = nIn;
      this.#phase = "first";
    }
  }

  #onFrame(message: StreamMessage, nowMs: number): void {
    const { frames, load } = this.#parts;
    const came = this.nIn === undefined ? BAD_ORDER : frames.take(message);
    if (came.kind === "bad") {
      this.#lose(came.reason);
      return;
    }
    // A frame that holds nothing comes at its step whatever the engine does: no sign of life.
    if (came.kind !== "nothing") this.#heardAtMs = nowMs;
    if (came.kind === "tokens") {
      if (this.#phase === "first") this.#firstTokenAtMs = nowMs;
      this.seat.progress(load, came.count);
    }
    if (came.kind === "tokens" || came.kind === "output") this.#phase = "stream";
    came.deliver();
  }

  #onCheckpoint(checkpoint: Checkpoint): void {
    const { assignment, addLeaf, frames } = this.#parts;
    const { position } = checkpoint;
    if (!isOf(checkpoint, assignment) || position < this.ackedTo || !frames.fits(checkpoint)) {
      this.#lose("badCheckpoint");
      return;
    }
    // A successor starts at a whole block. What comes after the last one is paid by the receipt, or not at all.
    if (position === this.ackedTo || position % CHECKPOINT_TOKENS !== 0) return;
    this.ackedTo = position;
    this.promisedTo = position;
    frames.acknowledged?.(checkpoint);
    this.#stream?.send({ kind: "acknowledged", acknowledgement: checkpoint });
    const structHash = hashAcknowledgement(checkpoint);
    addLeaf({ says: "acknowledgement", structHash, key: acknowledgementKey(assignment), seat: this.seat });
  }

  #onResult(last: StreamMessage): void {
    const { frames } = this.#parts;
    const checked = this.nIn === undefined ? BAD_ORDER : frames.check(last, this.#expected(this.nIn));
    if (checked.kind === "bad") {
      this.#lose(checked.reason);
      return;
    }
    this.ackedTo = frames.position;
    if (this.#firstTokenAtMs !== undefined) {
      const elapsedMs = this.#heardAtMs - this.#firstTokenAtMs;
      this.seat.measure({ tokens: frames.position - this.madeFrom, elapsedMs, atMs: this.#heardAtMs });
    }
    const { message } = checked;
    this.#end({ kind: "finished", message, structHash: hashResult(message.result) });
  }

  #expected(nIn: number): ExpectedSegment {
    const { assignment, limits, offer } = this.#parts;
    return {
      ...assignment,
      nIn,
      maxOut: limits.maxOut,
      contextTokens: offer.contextTokens,
      isAborting: this.#isAborting,
      elapsedMs: this.#heardAtMs - this.#startedAtMs,
    };
  }

  #see(end: SegmentEnd): SeenPart | undefined {
    const { assignment, frames } = this.#parts;
    if (this.nIn === undefined) return undefined;
    return seenPart(assignment, end, {
      nIn: this.nIn,
      nOut: frames.position - this.madeFrom,
      tFirstMs: (this.#firstTokenAtMs ?? this.#startedAtMs) - this.#startedAtMs,
      tTotalMs: this.#parts.nowMs() - this.#startedAtMs,
      signed: () => this.signedCheckpoint() ?? this.#signedAt(assignment.from),
    });
  }

  #lose(reason: BadFrame | BadResult): void {
    this.#end({ kind: "lost", conduct: "bad", reason });
  }

  #end(end: SegmentEnd): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    this.#seen = this.#see(end);
    this.seat.leave(this.#parts.load);
    this.#stream?.end();
    this.#parts.onEnd(end);
  }
}

const BAD_ORDER = { kind: "bad", reason: "badOrder" } as const;

function isOf(checkpoint: Checkpoint, assignment: Assignment): boolean {
  return (
    checkpoint.taskId === assignment.taskId &&
    checkpoint.miner === assignment.miner &&
    checkpoint.replica === assignment.replica &&
    checkpoint.segment === assignment.segment
  );
}

/** Of the leaves with one key only the latest is signed: a later acknowledgement, or the receipt, contains the earlier ones. */
export function acknowledgementKey(of: Pick<Assignment, "taskId" | "replica" | "segment">): string {
  return `k${of.replica}.${of.segment}.${of.taskId}`;
}

function assignmentKey({ taskId, replica, segment }: Assignment): string {
  return `a${replica}.${segment}.${taskId}`;
}
