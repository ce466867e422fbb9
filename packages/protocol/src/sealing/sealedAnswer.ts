import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { ByteReader } from "../byteReader.js";
import { bytesToHex, equalBytes, hexToBytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import type { Address, Bytes32 } from "../primitives.js";
import type { Aead } from "./aead.js";
import type { SealContext } from "./sealContext.js";
import { ANSWER_STREAM_LIMITS, StreamOpener, StreamSealer, type StreamSetup, streamKey } from "./sealedStream.js";
import { type Refused, refused } from "./sealRefusal.js";
import { type SealSuite, suiteNumber, suiteOfNumber } from "./sealSuite.js";

/** What a miner sends before the first frame of an answer. In the clear, and bound into the frames' key. */
export type AnswerOpening = {
  readonly suite: SealSuite;
  readonly taskId: Bytes32;
  readonly miner: Address;
  /** 32 fresh bytes, so that a miner that begins again never uses a key twice. */
  readonly nonce: Bytes32;
  /** Shows that this miner opened the context: a standby can read the answer, and can't begin one in another's name. */
  readonly origin: Bytes32;
};

const VERSION = 1;
const WHAT = "answer opening";

/** Version u8 = 1 ‖ suite u16 ‖ taskId 32 ‖ miner 20 ‖ nonce 32 ‖ origin 32: 119 bytes. */
export function encodeAnswerOpening(opening: AnswerOpening): Uint8Array {
  return new ByteWriter()
    .uint("version", VERSION, 1)
    .uint("suite", suiteNumber(opening.suite), 2)
    .hex(opening.taskId, 32)
    .hex(opening.miner, 20)
    .hex(opening.nonce, 32)
    .hex(opening.origin, 32)
    .toBytes()
    .slice();
}

/** Throws PROTOCOL_BAD_RECORD. */
export function decodeAnswerOpening(bytes: Uint8Array): AnswerOpening {
  const reader = new ByteReader(bytes, WHAT);
  if (reader.uint("version", 1) !== VERSION) reader.refuse("another version");
  const suite = suiteOfNumber(reader.uint("suite", 2)) ?? reader.refuse("an unknown suite");
  const opening = {
    suite,
    taskId: reader.hex(32),
    miner: reader.hex(20),
    nonce: reader.hex(32),
    origin: reader.hex(32),
  };
  reader.end();
  return opening;
}

type AnswerParts = { readonly taskId: Bytes32; readonly dataKey: Uint8Array; readonly aead: Aead };

/** A miner's side: the opening to send, and what seals the frames behind it. */
export function sealAnswer(
  context: SealContext,
  parts: AnswerParts & { readonly nonce: Bytes32 },
): { readonly opening: AnswerOpening; readonly sealer: StreamSealer } {
  const { suite, miner, keys } = context;
  const claim = { suite, taskId: parts.taskId, miner, nonce: parts.nonce };
  const opening = { ...claim, origin: originOf(keys.down, claim) };
  return { opening, sealer: new StreamSealer(setupOf(opening, parts)) };
}

/** The client's side: what opens the frames of the miner whose context this is. */
export function openAnswer(
  opening: AnswerOpening,
  parts: AnswerParts & { readonly context: SealContext },
): { readonly kind: "opened"; readonly opener: StreamOpener } | Refused {
  const { suite, miner, keys } = parts.context;
  if (opening.taskId !== parts.taskId) return refused("otherTask");
  if (opening.suite !== suite) return refused("otherSuite");
  const isOrigin = equalBytes(hexToBytes(opening.origin), hexToBytes(originOf(keys.down, opening)));
  if (opening.miner !== miner || !isOrigin) return refused("otherOrigin");
  return { kind: "opened", opener: new StreamOpener(setupOf(opening, parts)) };
}

/** A standby's side at a hand-over: it has the data key, and reads what the miner before it answered. It can't tell whose word the opening is. */
export function openForHandOver(opening: AnswerOpening, parts: AnswerParts): StreamOpener {
  return new StreamOpener(setupOf(opening, parts));
}

function setupOf(opening: AnswerOpening, { dataKey, aead }: AnswerParts): StreamSetup {
  const id = { suite: opening.suite, taskId: opening.taskId, direction: "down" } as const;
  return { id, key: streamKey(id, dataKey, encodeAnswerOpening(opening)), aead, limits: ANSWER_STREAM_LIMITS };
}

/** `HMAC-SHA256(key downwards, "cortensor origin v1" ‖ suite u16 ‖ taskId ‖ miner ‖ nonce)`. */
function originOf(down: Uint8Array, of: Omit<AnswerOpening, "origin">): Bytes32 {
  const claim = new ByteWriter()
    .tag("cortensor origin v1")
    .uint("suite", suiteNumber(of.suite), 2)
    .hex(of.taskId, 32)
    .hex(of.miner, 20)
    .hex(of.nonce, 32)
    .toBytes();
  return bytesToHex(hmac(sha256, down, claim));
}
