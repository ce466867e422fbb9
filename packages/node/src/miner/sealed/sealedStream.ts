import {
  type Aead,
  type Bytes32,
  encodeAnswerOpening,
  encodeAnswerPart,
  encodeSealedFrame,
  fillFrame,
  nextFrameAt,
  type SealContext,
  type StreamSealer,
  sealAnswer,
} from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import type { FromMiner, LinkStream, StreamMessage } from "@cortensor/wire";

/** Time from one frame to the next, whether or not there is something to say: twenty a second, as `ANSWER_STREAM_LIMITS` counts on. */
export const FRAME_STEP_MS = 50;
/** Tokens of one part: with the longest texts that a vocabulary has they fit. */
const PART_TOKENS = 48;

type Tokens = Extract<FromMiner, { readonly kind: "tokens" }>;
type Result = Extract<FromMiner, { readonly kind: "result" }>;

/** What may only be said once the frames with so many of the answer's bytes have left. */
type Mark = { readonly byte: number; readonly position?: number; readonly message?: FromMiner };

export type SealedStreamParts = {
  readonly stream: LinkStream;
  readonly taskId: Bytes32;
  readonly context: SealContext;
  readonly dataKey: Uint8Array;
  /** 32 fresh bytes. */
  readonly nonce: Bytes32;
  readonly aead: Aead;
  readonly clock: Clock;
  /** Output tokens that came before this answer. */
  readonly committed: number;
};

/**
 * A task's stream as its miner writes to an open one, and as its router sees a sealed one: tokens and the answer's end become parts in frames at fixed steps;
 * checkpoints and the result follow the frames that hold what they speak of.
 */
export class SealedStream implements LinkStream {
  readonly ended: LinkStream["ended"];
  readonly #parts: SealedStreamParts;
  readonly #sealer: StreamSealer;
  readonly #opening: Uint8Array;
  readonly #over = new AbortController();
  readonly #marks: Mark[] = [];
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #addedBytes = 0;
  #sentBytes = 0;
  #position: number;
  #hasEnded = false;
  #isResultSent = false;
  #pacing: Promise<void> | undefined;

  constructor(parts: SealedStreamParts) {
    this.#parts = parts;
    this.#position = parts.committed;
    const { opening, sealer } = sealAnswer(parts.context, parts);
    this.#opening = encodeAnswerOpening(opening);
    this.#sealer = sealer;
    // A result that still waited for its step has not arrived, however the router ended the stream.
    this.ended = parts.stream.ended.then((how) => {
      this.#over.abort();
      return how === "end" && !this.#isResultSent ? "linkClosed" : how;
    });
  }

  get id(): number {
    return this.#parts.stream.id;
  }

  onMessage(handler: (message: StreamMessage) => void): void {
    this.#parts.stream.onMessage(handler);
  }

  end(): void {
    this.#over.abort();
    this.#parts.stream.end();
  }

  send(message: FromMiner): boolean {
    switch (message.kind) {
      case "accepted":
        return this.#begin(message);
      case "tokens":
        this.#addTokens(message);
        return !this.#over.signal.aborted;
      case "checkpoint":
        this.#marks.push({ byte: this.#addedBytes, message });
        return !this.#over.signal.aborted;
      case "result":
        this.#addResult(message);
        return !this.#over.signal.aborted;
      default:
        // A refusal, a failure: no answer comes behind it.
        return this.#parts.stream.send(message);
    }
  }

  #begin(message: FromMiner): boolean {
    const isOpen = this.#parts.stream.send(message);
    this.#pacing ??= this.#pace();
    return isOpen;
  }

  #addTokens({ from, ids, text, cuts }: Tokens): void {
    let at = 0;
    for (let first = 0; first < ids.length; first += PART_TOKENS) {
      const some = ids.slice(first, first + PART_TOKENS);
      const isLast = first + PART_TOKENS >= ids.length;
      const length = (cuts ?? []).slice(first, first + PART_TOKENS).reduce((sum, cut) => sum + cut, 0);
      const words = isLast ? text.slice(at) : text.slice(at, at + length);
      at += length;
      this.#add(encodeAnswerPart({ kind: "tokens", from: from + first, ids: some, text: words }));
    }
    this.#marks.push({ byte: this.#addedBytes, position: from + ids.length });
  }

  #addResult({ result, recipe, finish, text }: Result): void {
    const { nIn, to } = result;
    if (text !== "") this.#add(encodeAnswerPart({ kind: "tokens", from: to, ids: [], text }));
    this.#add(encodeAnswerPart({ kind: "end", finish, nIn, nOut: to }));
    this.#hasEnded = true;
    this.#marks.push({ byte: this.#addedBytes, message: { kind: "sealedResult", result, recipe } });
  }

  #add(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    this.#addedBytes += bytes.length;
  }

  /** One frame at each step, until the last has left or nobody listens. */
  async #pace(): Promise<void> {
    const { clock } = this.#parts;
    const { signal } = this.#over;
    const pace = { startMs: clock.nowMs(), stepMs: FRAME_STEP_MS };
    // At the start nothing is said yet: the opening and the first frame leave together one step behind it.
    for (let lastStep = 0; !signal.aborted; ) {
      const { step, atMs } = nextFrameAt({ ...pace, lastStep }, clock.nowMs());
      const isOver = await clock.sleep(Math.max(0, atMs - clock.nowMs()), signal).then(
        () => false,
        () => true,
      );
      if (isOver || this.#sendFrame()) return;
      lastStep = step;
    }
  }

  /** True for the last one. */
  #sendFrame(): boolean {
    const fill = fillFrame({ bytes: this.#waitingBytes, hasEnded: this.#hasEnded });
    const frame = this.#sealer.seal({ ...fill, data: this.#take(fill.dataBytes) });
    const due = this.#marks.filter(({ byte }) => byte <= this.#sentBytes);
    this.#marks.splice(0, due.length);
    this.#position = due.reduce((last, { position }) => position ?? last, this.#position);
    const { stream } = this.#parts;
    if (frame.seq === 0) stream.send({ kind: "sealedOpening", opening: this.#opening });
    stream.send({ kind: "sealedFrame", frame: encodeSealedFrame(frame), position: this.#position });
    if (fill.isFinal) this.#isResultSent = true;
    for (const { message } of due) if (message !== undefined) stream.send(message);
    return fill.isFinal;
  }

  #take(bytes: number): Uint8Array {
    const all = Buffer.concat(this.#waiting);
    this.#waiting = bytes === all.length ? [] : [all.subarray(bytes)];
    this.#waitingBytes -= bytes;
    this.#sentBytes += bytes;
    return all.subarray(0, bytes);
  }
}
