import { ByteReader } from "../byteReader.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import type { Address, Bytes32 } from "../primitives.js";
import { AEAD_TAG_BYTES } from "./aead.js";
import { encodeSealedFrame, FRAME_BYTES_MAX, readSealedFrame, type SealedFrame } from "./sealedFrame.js";
import { REQUEST_STREAM_LIMITS } from "./sealedStream.js";
import { SEAL_KEY_BYTES, type SealSuite, SUITE_BYTES, suiteNumber, suiteOfNumber } from "./sealSuite.js";

/** Standbys that a client may seal to beside its miner. */
export const STANDBYS_MAX = 2;
/** Who may read one envelope: a miner and its standbys. Each copy of a task has an envelope and a data key of its own, so that nobody reads another copy's answer. */
export const READERS_MAX: number = 1 + STANDBYS_MAX;

/** One miner that may read an envelope. */
export type EnvelopeReader = {
  readonly miner: Address;
  /** Of the prekey bundle that it is sealed to. */
  readonly bundleHash: Bytes32;
  /** What HPKE encapsulated for it: a context's, the same in each envelope of that context. */
  readonly enc: Uint8Array;
  /** The task's data key, and the tag. */
  readonly wrappedKey: Uint8Array;
};

/** A sealed request: what a client sends, and all that a router sees of it. */
export type Envelope = {
  readonly suite: SealSuite;
  readonly session: Bytes32;
  readonly taskId: Bytes32;
  /** 32 fresh bytes. */
  readonly nonce: Bytes32;
  /** By miner, ascending, each once. */
  readonly readers: readonly EnvelopeReader[];
  readonly frames: readonly SealedFrame[];
};

const VERSION = 1;
const WHAT = "envelope";
const WRAPPED_BYTES = SEAL_KEY_BYTES + AEAD_TAG_BYTES;
const HEAD_FIXED_BYTES = 100;
const READER_BYTES_MAX = 20 + 32 + SUITE_BYTES.xwing.enc + WRAPPED_BYTES;
/** A whole envelope: its most readers and frames. */
export const ENVELOPE_BYTES_MAX: number =
  HEAD_FIXED_BYTES + READERS_MAX * READER_BYTES_MAX + 2 + REQUEST_STREAM_LIMITS.framesMax * FRAME_BYTES_MAX;

/**
 * What stands before the frames, and salts their key: version u8 = 1 ‖ suite u16 ‖ session 32 ‖ taskId 32 ‖ nonce 32 ‖ readers u8, each miner 20 ‖ bundle hash 32 ‖ enc, as long
 * as the suite says ‖ wrapped key 48. Big-endian. Throws PROTOCOL_BAD_RECORD for readers out of order, twice, none or too many.
 */
export function encodeEnvelopeHead(envelope: Omit<Envelope, "frames">): Uint8Array {
  checkReaders(envelope);
  const writer = new ByteWriter()
    .uint("version", VERSION, 1)
    .uint("suite", suiteNumber(envelope.suite), 2)
    .hex(envelope.session, 32)
    .hex(envelope.taskId, 32)
    .hex(envelope.nonce, 32)
    .uint("readers", envelope.readers.length, 1);
  for (const { miner, bundleHash, enc, wrappedKey } of envelope.readers) {
    writer.hex(miner, 20).hex(bundleHash, 32).bytes(enc).bytes(wrappedKey);
  }
  return writer.toBytes().slice();
}

/** An envelope's one encoding: its head ‖ frames u16 ‖ each frame (`encodeSealedFrame`). */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  const { frames } = envelope;
  if (frames.length === 0 || frames.length > REQUEST_STREAM_LIMITS.framesMax) refuse(`it has ${frames.length} frames`);
  const writer = new ByteWriter().bytes(encodeEnvelopeHead(envelope)).uint("frames", frames.length, 2);
  for (const frame of frames) writer.bytes(encodeSealedFrame(frame));
  return writer.toBytes().slice();
}

/** Reads an envelope, strictly. Who may open it, and whether it is whole, shows when it is opened. Throws PROTOCOL_BAD_RECORD. */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const reader = new ByteReader(bytes, WHAT);
  if (bytes.length > ENVELOPE_BYTES_MAX) reader.refuse(`more than ${ENVELOPE_BYTES_MAX} bytes`);
  if (reader.uint("version", 1) !== VERSION) reader.refuse("another version");
  const suite = suiteOfNumber(reader.uint("suite", 2)) ?? reader.refuse("an unknown suite");
  const [session, taskId, nonce] = [reader.hex(32), reader.hex(32), reader.hex(32)];
  const count = reader.uint("readers", 1);
  if (count > READERS_MAX) reader.refuse("more readers than there may be");
  const readers = Array.from({ length: count }, () => readReader(reader, suite));
  const frameCount = reader.uint("frames", 2);
  if (frameCount === 0 || frameCount > REQUEST_STREAM_LIMITS.framesMax) reader.refuse(`it has ${frameCount} frames`);
  const frames = Array.from({ length: frameCount }, () => readSealedFrame(reader));
  reader.end();
  const envelope = { suite, session, taskId, nonce, readers, frames };
  checkReaders(envelope);
  return envelope;
}

function readReader(reader: ByteReader, suite: SealSuite): EnvelopeReader {
  return {
    miner: reader.hex(20),
    bundleHash: reader.hex(32),
    enc: reader.bytes(SUITE_BYTES[suite].enc),
    wrappedKey: reader.bytes(WRAPPED_BYTES),
  };
}

function checkReaders({ readers, suite }: Pick<Envelope, "readers" | "suite">): void {
  if (readers.length === 0 || readers.length > READERS_MAX) refuse(`it has ${readers.length} readers`);
  for (const [index, reader] of readers.entries()) {
    const before = readers[index - 1];
    if (before !== undefined && before.miner >= reader.miner) refuse("readers out of order");
    if (reader.enc.length !== SUITE_BYTES[suite].enc) refuse("an encapsulated key isn't of the suite's length");
    if (reader.wrappedKey.length !== WRAPPED_BYTES) refuse("a wrapped key isn't 48 bytes");
  }
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: WHAT, reason });
}
