import { ByteReader } from "../byteReader.js";
import { ByteWriter } from "../byteWriter.js";
import type { Bytes32 } from "../primitives.js";
import { AEAD_TAG_BYTES } from "./aead.js";
import { BUCKET_BYTES_MAX, isBucket } from "./padding.js";

/** Up: from the client to the miner. Down: back. The order is the wire's number. */
export const SEAL_DIRECTIONS = ["up", "down"] as const;
export type SealDirection = (typeof SEAL_DIRECTIONS)[number];

/** One piece of a sealed stream. All but its text is readable, and none of it can be changed. */
export type SealedFrame = {
  readonly taskId: Bytes32;
  readonly direction: SealDirection;
  /** Counts from 0 in each stream. */
  readonly seq: number;
  readonly isFinal: boolean;
  /** A bucket of text, and the tag. */
  readonly sealed: Uint8Array;
};

const WHAT = "sealed frame";
/** Bytes of a frame beside its text and tag. */
const HEAD_BYTES = 42;
export const FRAME_BYTES_MAX: number = HEAD_BYTES + BUCKET_BYTES_MAX + AEAD_TAG_BYTES;

/** A frame's one encoding, big-endian: taskId 32 ‖ direction u8 (0 up, 1 down) ‖ seq u32 ‖ final u8 (0, 1) ‖ length u32 ‖ as many bytes: 256 · 2^k and the tag's 16. */
export function encodeSealedFrame(frame: SealedFrame): Uint8Array {
  return new ByteWriter()
    .hex(frame.taskId, 32)
    .uint("direction", SEAL_DIRECTIONS.indexOf(frame.direction), 1)
    .uint("seq", frame.seq, 4)
    .uint("final", frame.isFinal ? 1 : 0, 1)
    .uint("sealedBytes", frame.sealed.length, 4)
    .bytes(frame.sealed)
    .toBytes()
    .slice();
}

/** Throws PROTOCOL_BAD_RECORD for anything that `encodeSealedFrame` wouldn't have written of a sealer's frame. */
export function decodeSealedFrame(bytes: Uint8Array): SealedFrame {
  const reader = new ByteReader(bytes, WHAT);
  const frame = readSealedFrame(reader);
  reader.end();
  return frame;
}

/** Reads one frame of several. */
export function readSealedFrame(reader: ByteReader): SealedFrame {
  const taskId = reader.hex(32);
  const direction = SEAL_DIRECTIONS[reader.uint("direction", 1)] ?? reader.refuse("a direction is neither up nor down");
  const seq = reader.uint("seq", 4);
  const final = reader.uint("final", 1);
  if (final > 1) reader.refuse("final is neither 0 nor 1");
  const length = reader.uint("sealedBytes", 4);
  if (!isBucket(length - AEAD_TAG_BYTES)) reader.refuse("a frame isn't of a bucket's size");
  return { taskId, direction, seq, isFinal: final === 1, sealed: reader.bytes(length) };
}
