import { type Bytes32, type Checkpoint, decodeSealedFrame, hasCode } from "@cortensor/protocol";
import type { FromMiner, StreamMessage } from "@cortensor/wire";
import { reasonOfCounts } from "../checkResult.js";
import type { Came, CheckedEnd, ExpectedSegment, SegmentFrames } from "../segment.js";

type Frame = Extract<FromMiner, { readonly kind: "sealedFrame" }>;

export type SealedFramesParts = {
  readonly taskId: Bytes32;
  /** Output tokens that miners before this one made. */
  readonly committed: number;
  readonly maxOut: number;
  readonly onOpening: (opening: Uint8Array) => void;
  readonly onFrame: (frame: Uint8Array, position: number) => void;
};

/**
 * An answer of which the router sees how many tokens came and what the miner says of them, and none of their words: what it pays by is the miner's word, which the
 * client recomputes.
 */
export class SealedFrames implements SegmentFrames {
  readonly #parts: SealedFramesParts;
  /** Signed roots at acknowledged positions: the miner's word, of what only it and the client can compute. */
  readonly #roots = new Map<number, Bytes32>();
  #nextSeq = 0;
  #hasOpening = false;
  #hasFinal = false;
  #position: number;

  constructor(parts: SealedFramesParts) {
    this.#parts = parts;
    this.#position = parts.committed;
  }

  get position(): number {
    return this.#position;
  }

  rootAt(position: number): Bytes32 | undefined {
    return this.#roots.get(position);
  }

  take(message: StreamMessage): Came {
    if (message.kind === "sealedOpening") return this.#takeOpening(message.opening);
    return message.kind === "sealedFrame" ? this.#takeFrame(message) : { kind: "bad", reason: "badOrder" };
  }

  /** Only its client can contradict a root. */
  fits({ position }: Checkpoint): boolean {
    return position <= this.#position;
  }

  acknowledged({ position, tokenRoot }: Checkpoint): void {
    this.#roots.set(position, tokenRoot);
  }

  check(message: StreamMessage, expected: ExpectedSegment): CheckedEnd {
    if (message.kind !== "sealedResult" || !this.#hasFinal) return { kind: "bad", reason: "badOrder" };
    const { result, recipe } = message;
    const { finish } = result;
    const tokens = this.#position;
    const tokenRoot = this.#roots.get(tokens) ?? result.tokenRoot;
    const reason = reasonOfCounts({ result, recipe, finish }, { ...expected, tokens, tokenRoot, text: "" });
    if (reason !== undefined) return { kind: "bad", reason };
    return { kind: "good", message: { kind: "result", result, recipe, finish, text: "" } };
  }

  #takeOpening(opening: Uint8Array): Came {
    if (this.#hasOpening) return { kind: "bad", reason: "badOrder" };
    this.#hasOpening = true;
    return { kind: "opening", deliver: () => this.#parts.onOpening(opening) };
  }

  #takeFrame({ frame, position }: Frame): Came {
    const { maxOut, onFrame } = this.#parts;
    if (!this.#hasOpening || this.#hasFinal || !this.#isNext(frame)) return { kind: "bad", reason: "badOrder" };
    if (position > maxOut) return { kind: "bad", reason: "tooManyTokens" };
    if (position < this.#position) return { kind: "bad", reason: "badPosition" };
    this.#nextSeq += 1;
    const count = position - this.#position;
    this.#position = position;
    const deliver = (): void => onFrame(frame, position);
    return count > 0 ? { kind: "tokens", count, deliver } : { kind: "nothing", deliver };
  }

  /** Whether it is the stream's next frame, as far as its head says so. */
  #isNext(bytes: Uint8Array): boolean {
    try {
      const { taskId, direction, seq, isFinal } = decodeSealedFrame(bytes);
      this.#hasFinal = isFinal;
      return taskId === this.#parts.taskId && direction === "down" && seq === this.#nextSeq;
    } catch (error) {
      if (hasCode(error, "PROTOCOL_BAD_RECORD")) return false;
      throw error;
    }
  }
}
