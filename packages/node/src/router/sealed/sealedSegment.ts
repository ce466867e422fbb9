import {
  type Assignment,
  type Bytes32,
  CHECKPOINT_TOKENS,
  type Checkpoint,
  decodeSealedFrame,
  hasCode,
  hashAcknowledgement,
  hashAssignment,
  hashCheckpoint,
  hashResult,
  type ProvenCheckpoint,
} from "@cortensor/protocol";
import type { FromMiner, LinkStream, StartSealed, StreamMessage } from "@cortensor/wire";
import { reasonOfCounts } from "../checkResult.js";
import type { MinerSeat, SeatLoad, SeatOffer } from "../minerSeat.js";
import { type SeenPart, seenPart } from "../seenPart.js";
import { acknowledgementKey, type SegmentEnd, type SegmentLimits, type SegmentParts } from "../segment.js";

type Frame = Extract<FromMiner, { readonly kind: "sealedFrame" }>;
type SealedResult = Extract<FromMiner, { readonly kind: "sealedResult" }>;
type Phase = "assigned" | "accept" | "first" | "stream" | "ended";

/** How a sealed segment ended; a refusal says what its miner had against the envelope. */
export type SealedEnd = Exclude<SegmentEnd, { readonly kind: "refused" }> | SealedRefused;
type SealedRefused = Extract<SegmentEnd, { readonly kind: "refused" }> & { readonly detail: string };

export type SealedSegmentParts = {
  readonly offer: SeatOffer;
  readonly assignment: Assignment;
  readonly load: SeatLoad;
  /** Output tokens that miners before this one made. */
  readonly committed: number;
  readonly limits: SegmentLimits;
  readonly nIn: number | undefined;
  readonly nowMs: () => number;
  readonly addLeaf: SegmentParts["addLeaf"];
  readonly onOpening: (opening: Uint8Array) => void;
  readonly onFrame: (frame: Uint8Array, position: number) => void;
  readonly onEnd: (end: SealedEnd) => void;
};

/**
 * One miner's part of a sealed task, from its assignment to its end. Sees how many tokens came and what the miner says of them, and none of their words: what
 * it pays by is the miner's word, which the client recomputes.
 */
export class SealedSegment {
  readonly #parts: SealedSegmentParts;
  /** Signed roots at acknowledged positions: the miner's word, of what only it and the client can compute. */
  readonly #roots = new Map<number, Bytes32>();
  #startedAtMs: number;
  #stream: LinkStream | undefined;
  #phase: Phase = "assigned";
  #heardAtMs: number;
  #nextSeq = 0;
  #hasOpening = false;
  #hasFinal = false;
  #isAborting = false;
  #firstTokenAtMs: number | undefined;
  #seen: SeenPart | undefined;
  nIn: number | undefined;
  /** Output tokens of the task, by the miner's word. */
  position: number;
  /** Output tokens up to which the miner is to be paid if nothing more comes. */
  ackedTo: number;
  readonly madeFrom: number;

  constructor(parts: SealedSegmentParts) {
    this.#parts = parts;
    this.#startedAtMs = parts.nowMs();
    this.#heardAtMs = this.#startedAtMs;
    this.position = parts.committed;
    this.madeFrom = parts.committed;
    this.ackedTo = parts.assignment.from;
    parts.offer.seat.take(parts.load);
  }

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

  /** Whether it waits for its envelope. */
  get isAssigned(): boolean {
    return this.#phase === "assigned";
  }

  /** When its miner counts as silent. Frames that bring no tokens are no sign of life: they come at fixed steps. */
  get dueMs(): number {
    const { acceptTimeoutMs, firstTokenTimeoutMs, silenceTimeoutMs } = this.#parts.limits;
    if (this.#phase === "assigned") return Number.POSITIVE_INFINITY;
    if (this.#phase === "accept") return this.#heardAtMs + acceptTimeoutMs;
    return this.#heardAtMs + (this.#phase === "first" ? firstTokenTimeoutMs : silenceTimeoutMs);
  }

  start(first: StartSealed): void {
    const { addLeaf, assignment } = this.#parts;
    this.#startedAtMs = this.#parts.nowMs();
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
    const key = `a${assignment.replica}.${assignment.segment}.${assignment.taskId}`;
    addLeaf({ says: "assignment", structHash: hashAssignment(assignment), key, seat: this.seat });
  }

  abort(reason: string): void {
    this.#isAborting = true;
    this.#stream?.send({ kind: "abort", reason });
  }

  giveUp(reason: "silent" | "failed"): void {
    this.#stream?.send({ kind: "abort", reason });
    this.#end({ kind: "lost", conduct: reason === "silent" ? "silent" : undefined, reason });
  }

  /** The last of its acknowledged checkpoints that the miner has signed in a batch so far, behind tokens of its own. */
  signedCheckpoint(): ProvenCheckpoint | undefined {
    for (const position of [...this.#roots.keys()].reverse()) {
      const signed = position > this.madeFrom ? this.#signedAt(position) : undefined;
      if (signed !== undefined) return signed;
    }
    return undefined;
  }

  #signedAt(position: number): ProvenCheckpoint | undefined {
    const { taskId, miner, replica, segment } = this.#parts.assignment;
    const tokenRoot = this.#roots.get(position);
    if (tokenRoot === undefined) return undefined;
    const checkpoint = { taskId, miner, replica, segment, position, tokenRoot };
    const proof = this.seat.results.proofOf(hashCheckpoint(checkpoint));
    return proof && { checkpoint, proof };
  }

  #open(first: StartSealed): LinkStream | undefined {
    try {
      return this.seat.link.open(first);
    } catch (error) {
      if (!hasCode(error, "WIRE_STREAM_LIMIT")) this.seat.isGone = true;
      return undefined;
    }
  }

  #onMessage(message: StreamMessage): void {
    if (this.#phase === "ended") return;
    if (message.kind !== "sealedFrame") this.#heardAtMs = this.#parts.nowMs();
    switch (message.kind) {
      case "accepted":
        this.#onAccepted(message.nIn);
        break;
      case "sealedOpening":
        this.#onOpening(message.opening);
        break;
      case "sealedFrame":
        this.#onFrame(message);
        break;
      case "checkpoint":
        this.#onCheckpoint(message.checkpoint);
        break;
      case "sealedResult":
        this.#onResult(message);
        break;
      case "refused":
        if (this.#phase === "accept") this.#end(message);
        else this.#lose("badOrder");
        break;
      case "committedMismatch":
        this.#end({ kind: "lost", conduct: undefined, reason: "committedMismatch" });
        break;
      case "failed":
        this.#end({ kind: "lost", conduct: "died", reason: "failed" });
        break;
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

  #onOpening(opening: Uint8Array): void {
    if (this.#phase !== "first" || this.#hasOpening) {
      this.#lose("badOrder");
      return;
    }
    this.#hasOpening = true;
    this.#parts.onOpening(opening);
  }

  #onFrame({ frame, position }: Frame): void {
    const { limits, load } = this.#parts;
    if (!this.#hasOpening || this.#hasFinal || !this.#isNext(frame)) {
      this.#lose("badOrder");
      return;
    }
    if (position < this.position || position > limits.maxOut) {
      this.#lose(position > limits.maxOut ? "tooManyTokens" : "badPosition");
      return;
    }
    this.#nextSeq += 1;
    const came = position - this.position;
    if (came > 0) {
      this.#heardAtMs = this.#parts.nowMs();
      this.#firstTokenAtMs ??= this.#heardAtMs;
      this.#phase = "stream";
      this.position = position;
      this.seat.progress(load, came);
    }
    this.#parts.onFrame(frame, position);
  }

  /** Whether it is the stream's next frame, as far as its head says so. */
  #isNext(bytes: Uint8Array): boolean {
    try {
      const { taskId, direction, seq, isFinal } = decodeSealedFrame(bytes);
      this.#hasFinal = isFinal;
      return taskId === this.#parts.assignment.taskId && direction === "down" && seq === this.#nextSeq;
    } catch (error) {
      if (hasCode(error, "PROTOCOL_BAD_RECORD")) return false;
      throw error;
    }
  }

  #onCheckpoint(checkpoint: Checkpoint): void {
    const { assignment, addLeaf } = this.#parts;
    const { position, tokenRoot } = checkpoint;
    const isOurs = isOf(checkpoint, assignment) && position >= this.ackedTo && position <= this.position;
    if (!isOurs) {
      this.#lose("badCheckpoint");
      return;
    }
    if (position === this.ackedTo || position % CHECKPOINT_TOKENS !== 0) return;
    this.ackedTo = position;
    this.#roots.set(position, tokenRoot);
    this.#stream?.send({ kind: "acknowledged", acknowledgement: checkpoint });
    const structHash = hashAcknowledgement(checkpoint);
    addLeaf({ says: "acknowledgement", structHash, key: acknowledgementKey(assignment), seat: this.seat });
  }

  #onResult({ result, recipe }: SealedResult): void {
    const { assignment, limits, offer } = this.#parts;
    if (this.nIn === undefined || !this.#hasFinal) {
      this.#lose("badOrder");
      return;
    }
    const { finish } = result;
    const expected = {
      ...assignment,
      tokens: this.position,
      tokenRoot: this.#roots.get(this.position) ?? result.tokenRoot,
      text: "",
      nIn: this.nIn,
      maxOut: limits.maxOut,
      contextTokens: offer.contextTokens,
      isAborting: this.#isAborting,
      elapsedMs: this.#heardAtMs - this.#startedAtMs,
    };
    const reason = reasonOfCounts({ result, recipe, finish }, expected);
    if (reason !== undefined) {
      this.#end({ kind: "lost", conduct: "bad", reason });
      return;
    }
    this.ackedTo = this.position;
    if (this.#firstTokenAtMs !== undefined) {
      const elapsedMs = this.#heardAtMs - this.#firstTokenAtMs;
      this.seat.measure({ tokens: this.position - this.madeFrom, elapsedMs, atMs: this.#heardAtMs });
    }
    const message = { kind: "result", result, recipe, finish, text: "" } as const;
    this.#end({ kind: "finished", message, structHash: hashResult(result) });
  }

  #lose(reason: Extract<SegmentEnd, { kind: "lost" }>["reason"]): void {
    this.#end({ kind: "lost", conduct: "bad", reason });
  }

  #end(end: SealedEnd): void {
    if (this.#phase === "ended") return;
    this.#phase = "ended";
    this.#seen = this.#see(end);
    this.seat.leave(this.#parts.load);
    this.#stream?.end();
    this.#parts.onEnd(end);
  }

  #see(end: SealedEnd): SeenPart | undefined {
    if (this.nIn === undefined) return undefined;
    return seenPart(this.#parts.assignment, end, {
      nIn: this.nIn,
      nOut: this.position - this.madeFrom,
      tFirstMs: (this.#firstTokenAtMs ?? this.#startedAtMs) - this.#startedAtMs,
      tTotalMs: this.#parts.nowMs() - this.#startedAtMs,
      signed: () => this.signedCheckpoint(),
    });
  }
}

function isOf(checkpoint: Checkpoint, assignment: Assignment): boolean {
  const { taskId, miner, replica, segment } = checkpoint;
  const isOfTask = taskId === assignment.taskId && miner === assignment.miner;
  return isOfTask && replica === assignment.replica && segment === assignment.segment;
}
