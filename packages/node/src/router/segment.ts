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
import type { FromMiner, LinkStream, Start, StartEmbedding, StreamMessage } from "@cortensor/wire";
import { type BadResult, checkResult, type ExpectedResult, type ResultMessage } from "./checkResult.js";
import type { MinerSeat, SeatLoad, SeatOffer } from "./minerSeat.js";
import type { Conduct } from "./scoreBook.js";
import { type SeenPart, seenPart } from "./seenPart.js";
import type { TokenLog } from "./tokenLog.js";

type TokensMessage = Extract<FromMiner, { kind: "tokens" }>;
type VectorsMessage = Extract<FromMiner, { kind: "vectors" }>;
export type RefusalCode = Extract<FromMiner, { kind: "refused" }>["code"];

/** Why a miner's frame isn't believed. */
export type BadFrame = "badOrder" | "badPosition" | "badCuts" | "badCheckpoint" | "badPromptCount" | "tooManyTokens";

export type SegmentEnd =
  | { readonly kind: "refused"; readonly code: RefusalCode | "noStream" }
  | {
      readonly kind: "lost";
      readonly conduct: Conduct | undefined;
      readonly reason: BadFrame | BadResult | "linkClosed" | "streamEnded" | "silent" | "failed" | "committedMismatch";
    }
  | { readonly kind: "finished"; readonly message: ResultMessage; readonly structHash: Bytes32 };

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
  readonly tokens: TokenLog;
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
  readonly onTokens: (message: Pick<TokensMessage, "text" | "ids" | "cuts" | "logprobs">) => void;
  readonly onVectors?: (message: VectorsMessage) => void;
  /** Bytes that `outCommit` covers, when it isn't the text: the vectors of an embedding. */
  readonly outputBytes?: () => Uint8Array;
  readonly onEnd: (end: SegmentEnd) => void;
};

/**
 * One miner's part of a task: its stream from the assignment to its end. Forwards tokens as they come, acknowledges checkpoints that
 * equal its own root, and ends exactly once.
 */
export class Segment {
  readonly #parts: SegmentParts;
  readonly #startedAtMs: number;
  #stream: LinkStream | undefined;
  #phase: "accept" | "first" | "stream" | "ended" = "accept";
  #heardAtMs: number;
  #text = "";
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
    this.madeFrom = parts.tokens.length;
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

  /** When its miner counts as silent, in milliseconds since 1970. */
  get dueMs(): number {
    const { acceptTimeoutMs, firstTokenTimeoutMs, silenceTimeoutMs } = this.#parts.limits;
    if (this.#phase === "accept") return this.#heardAtMs + acceptTimeoutMs;
    if (this.#phase === "first") return this.#heardAtMs + firstTokenTimeoutMs;
    return this.#heardAtMs + silenceTimeoutMs;
  }

  start(first: Start | StartEmbedding): void {
    const { load, addLeaf, assignment } = this.#parts;
    this.seat.take(load);
    const stream = this.#open(first);
    if (stream === undefined) {
      this.#end({ kind: "refused", code: "noStream" });
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
    const { assignment, tokens } = this.#parts;
    const { taskId, miner, replica, segment } = assignment;
    const tokenRoot = tokens.rootAt(position);
    if (tokenRoot === undefined) return undefined;
    const checkpoint = { taskId, miner, replica, segment, position, tokenRoot };
    const proof = this.seat.results.proofOf(hashCheckpoint(checkpoint));
    return proof && { checkpoint, proof };
  }

  #open(first: Start | StartEmbedding): LinkStream | undefined {
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
    this.#heardAtMs = this.#parts.nowMs();
    switch (message.kind) {
      case "tokens":
        this.#onTokens(message);
        break;
      case "checkpoint":
        this.#onCheckpoint(message.checkpoint);
        break;
      case "accepted":
        this.#onAccepted(message.nIn);
        break;
      case "result":
        this.#onResult(message);
        break;
      case "vectors":
        this.#onVectors(message);
        break;
      case "refused":
        if (this.#phase === "accept") this.#end({ kind: "refused", code: message.code });
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

  #onTokens(message: TokensMessage): void {
    const { tokens, load } = this.#parts;
    const bad = this.#badTokens(message);
    if (bad !== undefined) {
      this.#lose(bad);
      return;
    }
    if (this.#phase === "first") {
      this.#phase = "stream";
      this.#firstTokenAtMs = this.#heardAtMs;
    }
    tokens.push(message.ids);
    this.#text += message.text;
    this.seat.progress(load, message.ids.length);
    this.#parts.onTokens(message);
  }

  #badTokens({ from, ids, text, cuts }: TokensMessage): BadFrame | undefined {
    const { tokens, limits } = this.#parts;
    if (this.#phase !== "first" && this.#phase !== "stream") return "badOrder";
    if (from !== tokens.length) return "badPosition";
    if (cuts !== undefined && !areCutsOf(cuts, { ids, text })) return "badCuts";
    return tokens.length + ids.length > limits.maxOut ? "tooManyTokens" : undefined;
  }

  #onVectors(message: VectorsMessage): void {
    const { onVectors } = this.#parts;
    if (this.#phase !== "first" || onVectors === undefined) {
      this.#lose("badOrder");
      return;
    }
    this.#phase = "stream";
    onVectors(message);
  }

  #onCheckpoint(checkpoint: Checkpoint): void {
    const { assignment, tokens, addLeaf } = this.#parts;
    const isOurs = isOf(checkpoint, assignment) && checkpoint.position >= this.ackedTo;
    if (!isOurs || tokens.rootAt(checkpoint.position) !== checkpoint.tokenRoot) {
      this.#lose("badCheckpoint");
      return;
    }
    // A successor starts at a whole block. What comes after the last one is paid by the receipt, or not at all.
    if (checkpoint.position === this.ackedTo || checkpoint.position % CHECKPOINT_TOKENS !== 0) return;
    this.ackedTo = checkpoint.position;
    this.promisedTo = checkpoint.position;
    this.#stream?.send({ kind: "acknowledged", acknowledgement: checkpoint });
    const structHash = hashAcknowledgement(checkpoint);
    addLeaf({ says: "acknowledgement", structHash, key: acknowledgementKey(assignment), seat: this.seat });
  }

  #onResult(message: ResultMessage): void {
    const { tokens } = this.#parts;
    if (this.nIn === undefined) {
      this.#lose("badOrder");
      return;
    }
    const verdict = checkResult(message, this.#expected(this.nIn));
    if (verdict.kind === "bad") {
      this.#end({ kind: "lost", conduct: "bad", reason: verdict.reason });
      return;
    }
    this.ackedTo = tokens.length;
    if (this.#firstTokenAtMs !== undefined) {
      const elapsedMs = this.#heardAtMs - this.#firstTokenAtMs;
      this.seat.measure({ tokens: tokens.length - this.madeFrom, elapsedMs, atMs: this.#heardAtMs });
    }
    this.#end({ kind: "finished", message, structHash: hashResult(message.result) });
  }

  #expected(nIn: number): ExpectedResult {
    const { assignment, tokens, limits, offer, outputBytes } = this.#parts;
    const output = outputBytes?.();
    return {
      ...assignment,
      tokens: tokens.length,
      tokenRoot: tokens.rootAt(tokens.length) ?? "0x",
      text: this.#text,
      nIn,
      maxOut: limits.maxOut,
      contextTokens: offer.contextTokens,
      isAborting: this.#isAborting,
      elapsedMs: this.#heardAtMs - this.#startedAtMs,
      ...(output === undefined ? {} : { output }),
    };
  }

  #see(end: SegmentEnd): SeenPart | undefined {
    const { assignment, tokens } = this.#parts;
    if (this.nIn === undefined) return undefined;
    return seenPart(assignment, end, {
      nIn: this.nIn,
      nOut: tokens.length - this.madeFrom,
      tFirstMs: (this.#firstTokenAtMs ?? this.#startedAtMs) - this.#startedAtMs,
      tTotalMs: this.#parts.nowMs() - this.#startedAtMs,
      signed: () => this.signedCheckpoint() ?? this.#signedAt(assignment.from),
    });
  }

  #lose(reason: BadFrame): void {
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

/** One length for each id, and together the text's. */
function areCutsOf(cuts: readonly number[], { ids, text }: Pick<TokensMessage, "ids" | "text">): boolean {
  if (cuts.length !== ids.length) return false;
  let sum = 0;
  for (const cut of cuts) sum += cut;
  return sum === text.length;
}

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
