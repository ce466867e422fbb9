import { bytesToHex } from "./bytes.js";
import { CHECKPOINT_TOKENS } from "./checkpoint.js";
import { ProtocolError } from "./errors.js";
import { keccak256Bytes } from "./keccak.js";
import { OUTPUT_TOKENS_MAX } from "./limits.js";
import { merkleRoot } from "./merkle.js";
import { type Bytes32, ZERO_BYTES32 } from "./primitives.js";

/** Most likely tokens that a fingerprint keeps for each output token. */
export const FINGERPRINT_TOP = 5;
const ID_BYTES = 3;
const ENTRY_BYTES = ID_BYTES + 2;
/** A token's fingerprint: its id, and five entries. */
export const FINGERPRINT_TOKEN_BYTES: number = ID_BYTES + FINGERPRINT_TOP * ENTRY_BYTES;
/** An absent entry: no model has that many tokens. */
const NO_ID = 0xffffff;
const LOGPROB_PARTS = 256;
const LOGPROB_MAX = 0xffff;

/** An output token, and the model's own most likely tokens at its place, the likeliest first. */
export type FingerprintedToken = {
  readonly id: number;
  /** At most five are kept. Log-probabilities are natural, before bias, penalties and temperature. */
  readonly top: readonly { readonly id: number; readonly logprob: number }[];
};

/**
 * What a miner saw while generating a segment, 28 bytes a token: id (3, little-endian), then five of id (3, little-endian) and
 * `round(−logprob × 256)` (2, big-endian, at most 65,535); a missing entry is all ones. 32 tokens make one leaf's bytes, hashed by
 * keccak256; `fpRoot` is the Merkle root of the leaves, zero for a segment without tokens. Leaves count from the
 * segment's start.
 */
export class Fingerprint {
  readonly #leaves: Bytes32[] = [];
  readonly #block = new Uint8Array(CHECKPOINT_TOKENS * FINGERPRINT_TOKEN_BYTES);
  readonly #view = new DataView(this.#block.buffer);
  #pending = 0;

  push(token: FingerprintedToken): void {
    writeToken(this.#view, this.#pending * FINGERPRINT_TOKEN_BYTES, token);
    this.#pending += 1;
    if (this.#pending < CHECKPOINT_TOKENS) return;
    this.#leaves.push(this.#leafOfPending());
    this.#pending = 0;
  }

  /** The leaves so far, the last one perhaps of fewer tokens. */
  leaves(): readonly Bytes32[] {
    return this.#pending === 0 ? [...this.#leaves] : [...this.#leaves, this.#leafOfPending()];
  }

  /** `fpRoot` of the tokens so far. */
  root(): Bytes32 {
    const leaves = this.leaves();
    return leaves.length === 0 ? ZERO_BYTES32 : merkleRoot(leaves);
  }

  #leafOfPending(): Bytes32 {
    return bytesToHex(keccak256Bytes(this.#block.subarray(0, this.#pending * FINGERPRINT_TOKEN_BYTES)));
  }
}

/** `fpRoot` of a whole segment. */
export function fingerprintRootOf(tokens: Iterable<FingerprintedToken>): Bytes32 {
  const fingerprint = new Fingerprint();
  for (const token of tokens) fingerprint.push(token);
  return fingerprint.root();
}

/** The bytes that the root stands for: what a miner keeps, and shows a checker. */
export function encodeFingerprint(tokens: readonly FingerprintedToken[]): Uint8Array {
  const bytes = new Uint8Array(tokens.length * FINGERPRINT_TOKEN_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [index, token] of tokens.entries()) writeToken(view, index * FINGERPRINT_TOKEN_BYTES, token);
  return bytes;
}

/**
 * Reads a fingerprint back; log-probabilities are then multiples of 1/256. Encoding what it gives makes the same bytes.
 * Throws PROTOCOL_BAD_FINGERPRINT for part of a token, too many, or an entry behind a missing one.
 */
export function decodeFingerprint(bytes: Uint8Array): readonly FingerprintedToken[] {
  const count = bytes.length / FINGERPRINT_TOKEN_BYTES;
  if (!Number.isInteger(count)) throw badFingerprint(`${bytes.length} bytes are no whole tokens`);
  if (count > OUTPUT_TOKENS_MAX) throw badFingerprint(`${count} tokens, at most ${OUTPUT_TOKENS_MAX}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, index) => readToken(view, index * FINGERPRINT_TOKEN_BYTES));
}

function writeToken(view: DataView, at: number, token: FingerprintedToken): void {
  writeId(view, at, token.id);
  for (let index = 0, offset = at + ID_BYTES; index < FINGERPRINT_TOP; index += 1, offset += ENTRY_BYTES) {
    const entry = token.top[index];
    writeId(view, offset, entry?.id ?? NO_ID);
    view.setUint16(offset + ID_BYTES, entry === undefined ? LOGPROB_MAX : partsOf(entry.logprob));
  }
}

function readToken(view: DataView, at: number): FingerprintedToken {
  const top: { readonly id: number; readonly logprob: number }[] = [];
  for (let index = 0, offset = at + ID_BYTES; index < FINGERPRINT_TOP; index += 1, offset += ENTRY_BYTES) {
    const [id, parts] = [readId(view, offset), view.getUint16(offset + ID_BYTES)];
    if (id === NO_ID && parts === LOGPROB_MAX) continue;
    if (top.length < index) throw badFingerprint("an entry stands behind a missing one");
    top.push({ id, logprob: parts === 0 ? 0 : -parts / LOGPROB_PARTS });
  }
  return { id: readId(view, at), top };
}

function writeId(view: DataView, at: number, id: number): void {
  if (!Number.isInteger(id) || id < 0 || id > NO_ID) {
    throw new ProtocolError({
      code: "PROTOCOL_OUT_OF_RANGE",
      field: "tokenId",
      value: String(id),
      range: "0…2^24−1",
    });
  }
  view.setUint16(at, id & 0xffff, true);
  view.setUint8(at + 2, id >>> 16);
}

function readId(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}

function partsOf(logprob: number): number {
  if (Number.isNaN(logprob)) {
    throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field: "logprob", value: "NaN", range: "at most 0" });
  }
  return Math.min(LOGPROB_MAX, Math.max(0, Math.floor(-logprob * LOGPROB_PARTS + 0.5)));
}

function badFingerprint(reason: string): ProtocolError {
  return new ProtocolError({ code: "PROTOCOL_BAD_FINGERPRINT", reason });
}
