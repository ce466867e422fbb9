import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ByteWriter } from "../byteWriter.js";
import { assert } from "../errors.js";
import { keccak256Bytes } from "../keccak.js";
import type { Bytes32 } from "../primitives.js";
import { AEAD_NONCE_BYTES, type Aead, type AeadBox } from "./aead.js";
import { padTo, unpad } from "./padding.js";
import { SEAL_DIRECTIONS, type SealDirection, type SealedFrame } from "./sealedFrame.js";
import { type Refused, refused, type SealRefusal } from "./sealRefusal.js";
import { SEAL_KEY_BYTES, type SealSuite, suiteNumber } from "./sealSuite.js";

/** Which stream a key is for. */
export type StreamId = {
  readonly suite: SealSuite;
  readonly taskId: Bytes32;
  readonly direction: SealDirection;
};

/** What a stream may have at most. */
export type StreamLimits = { readonly framesMax: number; readonly bytesMax: number };

/** A request: the largest prompt, its parameters, and room to double in; 32 frames of 64 KiB. */
export const REQUEST_STREAM_LIMITS: StreamLimits = { framesMax: 32, bytesMax: 2_097_024 };
/** An answer: three hours of frames at twenty a second, and 256 bytes for each of the longest answer's tokens. */
export const ANSWER_STREAM_LIMITS: StreamLimits = { framesMax: 262_144, bytesMax: 33_554_432 };

const KEY_TAG = "cortensor stream v1";
const FRAME_TAG = "cortensor frame v1";

/**
 * The key of one stream: HKDF-SHA256 of the task's data key, salted with `keccak256` of the opening that both sides have read (an envelope's head, or an answer's
 * opening, each with 32 fresh bytes of its sender), `info = "cortensor stream v1" ‖ suite u16 ‖ taskId ‖ direction u8`. No key serves two streams.
 */
export function streamKey(id: StreamId, dataKey: Uint8Array, opening: Uint8Array): Uint8Array {
  const info = new ByteWriter()
    .tag(KEY_TAG)
    .uint("suite", suiteNumber(id.suite), 2)
    .hex(id.taskId, 32)
    .uint("direction", SEAL_DIRECTIONS.indexOf(id.direction), 1)
    .toBytes()
    .slice();
  return hkdf(sha256, dataKey, keccak256Bytes(opening), info, SEAL_KEY_BYTES);
}

export type StreamSetup = {
  readonly id: StreamId;
  readonly key: Uint8Array;
  readonly aead: Aead;
  readonly limits: StreamLimits;
};

/** Seals one stream's frames, in order. Holds the counter that is their nonce: it never goes back, and ends with the last frame. */
export class StreamSealer {
  readonly #setup: StreamSetup;
  #seq = 0;
  #hasEnded = false;

  constructor(setup: StreamSetup) {
    this.#setup = setup;
  }

  seal(part: { readonly data: Uint8Array; readonly bucket: number; readonly isFinal: boolean }): SealedFrame {
    assert(!this.#hasEnded, "nothing is sealed behind a stream's last frame");
    assert(this.#seq < this.#setup.limits.framesMax, "a stream has no more frames than it may");
    const { id, key, aead } = this.#setup;
    const seq = this.#seq;
    this.#seq += 1;
    this.#hasEnded = part.isFinal;
    const { nonce, aad } = boxOf(id, seq, part.isFinal);
    const sealed = aead.seal(key, { nonce, aad, data: padTo(part.bucket, part.data) });
    return { taskId: id.taskId, direction: id.direction, seq, isFinal: part.isFinal, sealed };
  }
}

export type OpenedFrame = { readonly kind: "opened"; readonly data: Uint8Array; readonly isFinal: boolean };

/** Opens one stream's frames, in order. After a refusal it refuses everything, by the same name. */
export class StreamOpener {
  readonly #setup: StreamSetup;
  #seq = 0;
  #bytes = 0;
  #hasEnded = false;
  #refusal: SealRefusal | undefined;

  constructor(setup: StreamSetup) {
    this.#setup = setup;
  }

  open(frame: SealedFrame): OpenedFrame | Refused {
    const before = this.#refusal ?? this.#faultOf(frame);
    if (before !== undefined) return this.#refuse(before);
    const { id, key, aead, limits } = this.#setup;
    const padded = aead.open(key, { ...boxOf(id, frame.seq, frame.isFinal), data: frame.sealed });
    if (padded === undefined) return this.#refuse("tampered");
    const data = unpad(padded);
    if (data === undefined) return this.#refuse("badPadding");
    this.#bytes += data.length;
    if (this.#bytes > limits.bytesMax) return this.#refuse("tooManyBytes");
    this.#seq += 1;
    this.#hasEnded = frame.isFinal;
    return { kind: "opened", data, isFinal: frame.isFinal };
  }

  /** What is wrong when nothing more comes; undefined for a stream that is whole. */
  end(): Refused | undefined {
    if (this.#refusal !== undefined) return refused(this.#refusal);
    return this.#hasEnded ? undefined : this.#refuse("truncated");
  }

  #faultOf(frame: SealedFrame): SealRefusal | undefined {
    const { id, limits } = this.#setup;
    if (frame.taskId !== id.taskId) return "otherTask";
    if (frame.direction !== id.direction) return "otherDirection";
    if (frame.seq < this.#seq) return "repeated";
    if (this.#hasEnded) return "afterEnd";
    if (frame.seq > this.#seq) return "outOfOrder";
    return this.#seq >= limits.framesMax ? "tooManyFrames" : undefined;
  }

  #refuse(refusal: SealRefusal): Refused {
    this.#refusal = refusal;
    return refused(refusal);
  }
}

/** Nonce: the counter, in 12 bytes. Additional data: `"cortensor frame v1" ‖ suite u16 ‖ taskId ‖ direction u8 ‖ seq u32 ‖ final u8`. */
function boxOf(id: StreamId, seq: number, isFinal: boolean): Pick<AeadBox, "nonce" | "aad"> {
  const nonce = new ByteWriter().uint("seq", seq, AEAD_NONCE_BYTES).toBytes().slice();
  const aad = new ByteWriter()
    .tag(FRAME_TAG)
    .uint("suite", suiteNumber(id.suite), 2)
    .hex(id.taskId, 32)
    .uint("direction", SEAL_DIRECTIONS.indexOf(id.direction), 1)
    .uint("seq", seq, 4)
    .uint("final", isFinal ? 1 : 0, 1)
    .toBytes()
    .slice();
  return { nonce, aad };
}
