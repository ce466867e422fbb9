import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { hexToBytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { assert } from "../errors.js";
import type { Address, Bytes32 } from "../primitives.js";
import { AEAD_NONCE_BYTES, type Aead } from "./aead.js";
import { type Envelope, type EnvelopeReader, encodeEnvelopeHead } from "./envelope.js";
import { paddedParts } from "./padding.js";
import type { SealContext } from "./sealContext.js";
import { encodeSealedRequest, type SealedRequest } from "./sealedRequest.js";
import { REQUEST_STREAM_LIMITS, StreamSealer, streamKey } from "./sealedStream.js";
import { SEAL_KEY_BYTES, type SealSuite, suiteNumber } from "./sealSuite.js";

/**
 * Seals one copy of a request to those whose contexts are given: its miner, and standbys only where the client agreed to them, since each of them can read all of it.
 * All contexts are of one suite and one session. `dataKey` and `nonce` are 32 fresh bytes each, of this task and this envelope alone.
 */
export function sealTask(parts: {
  readonly taskId: Bytes32;
  readonly request: SealedRequest;
  readonly contexts: readonly SealContext[];
  readonly dataKey: Uint8Array;
  readonly nonce: Bytes32;
  readonly aead: Aead;
}): Envelope {
  const { taskId, request, dataKey, nonce, aead } = parts;
  const [first] = parts.contexts;
  assert(first !== undefined, "a task is sealed to somebody");
  const { suite, session } = first;
  assert(
    parts.contexts.every((one) => one.suite === suite && one.session === session),
    "an envelope's contexts are of one suite and session",
  );
  assert(dataKey.length === SEAL_KEY_BYTES, "a data key has 32 bytes");
  const contexts = [...parts.contexts].sort((left, right) => (left.miner < right.miner ? -1 : 1));
  const common = { suite, session, taskId, nonce, readersCount: contexts.length };
  const readers = contexts.map((context): EnvelopeReader => {
    const { miner, bundleHash, enc, keys } = context;
    const box = { nonce: WRAP_NONCE, aad: wrapAad({ ...common, miner, bundleHash }), data: dataKey };
    return { miner, bundleHash, enc, wrappedKey: aead.seal(wrapKey(keys.up, { taskId, nonce }), box) };
  });
  const head = { suite, session, taskId, nonce, readers };
  const id = { suite, taskId, direction: "up" } as const;
  const key = streamKey(id, dataKey, encodeEnvelopeHead(head));
  const sealer = new StreamSealer({ id, key, aead, limits: REQUEST_STREAM_LIMITS });
  const padded = paddedParts(encodeSealedRequest(request));
  const frames = padded.map((part, index) => sealer.seal({ ...part, isFinal: index === padded.length - 1 }));
  return { ...head, frames };
}

/** What wraps a data key under a context: HKDF-SHA256 of its key upwards, salted with the envelope's nonce, `info = "cortensor wrap v1" ‖ taskId`. It wraps once. */
export function wrapKey(up: Uint8Array, of: { readonly taskId: Bytes32; readonly nonce: Bytes32 }): Uint8Array {
  const info = new ByteWriter().tag("cortensor wrap v1").hex(of.taskId, 32).toBytes().slice();
  return hkdf(sha256, up, hexToBytes(of.nonce), info, SEAL_KEY_BYTES);
}

export const WRAP_NONCE: Uint8Array = new Uint8Array(AEAD_NONCE_BYTES);

/** `"cortensor wrap v1" ‖ suite u16 ‖ session ‖ taskId ‖ nonce ‖ readers u8 ‖ miner ‖ bundle hash`: a wrapped key is good for one reader of one envelope. */
export function wrapAad(of: {
  readonly suite: SealSuite;
  readonly session: Bytes32;
  readonly taskId: Bytes32;
  readonly nonce: Bytes32;
  readonly readersCount: number;
  readonly miner: Address;
  readonly bundleHash: Bytes32;
}): Uint8Array {
  return new ByteWriter()
    .tag("cortensor wrap v1")
    .uint("suite", suiteNumber(of.suite), 2)
    .hex(of.session, 32)
    .hex(of.taskId, 32)
    .hex(of.nonce, 32)
    .uint("readers", of.readersCount, 1)
    .hex(of.miner, 20)
    .hex(of.bundleHash, 32)
    .toBytes()
    .slice();
}
