import { bytesToHex } from "./bytes.js";
import { CHECKPOINT_TOKENS } from "./checkpoint.js";
import { ProtocolError } from "./errors.js";
import { keccak256Bytes } from "./keccak.js";
import { merkleRoot } from "./merkle.js";
import { type Bytes32, ZERO_BYTES32 } from "./primitives.js";

/** Most likely tokens that a fingerprint keeps for each output token. */
export const FINGERPRINT_TOP = 5;
const ID_BYTES = 3;
const ENTRY_BYTES = ID_BYTES + 2;
const TOKEN_BYTES = ID_BYTES + FINGERPRINT_TOP * ENTRY_BYTES;
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
  readonly #block = new Uint8Array(CHECKPOINT_TOKENS * TOKEN_BYTES);
  readonly #view = new DataView(this.#block.buffer);
  #pending = 0;

  push(token: FingerprintedToken): void {
    let offset = this.#pending * TOKEN_BYTES;
    this.#writeId(offset, token.id);
    offset += ID_BYTES;
    for (let index = 0; index < FINGERPRINT_TOP; index += 1, offset += ENTRY_BYTES) {
      const entry = token.top[index];
      this.#writeId(offset, entry?.id ?? NO_ID);
      this.#view.setUint16(offset + ID_BYTES, entry === undefined ? LOGPROB_MAX : partsOf(entry.logprob));
    }
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
    return bytesToHex(keccak256Bytes(this.#block.subarray(0, this.#pending * TOKEN_BYTES)));
  }

  #writeId(offset: number, id: number): void {
    if (!Number.isInteger(id) || id < 0 || id > NO_ID) {
      throw new ProtocolError({
        code: "PROTOCOL_OUT_OF_RANGE",
        field: "tokenId",
        value: String(id),
        range: "0…2^24−1",
      });
    }
    this.#view.setUint16(offset, id & 0xffff, true);
    this.#block[offset + 2] = id >>> 16;
  }
}

/** `fpRoot` of a whole segment. */
export function fingerprintRootOf(tokens: Iterable<FingerprintedToken>): Bytes32 {
  const fingerprint = new Fingerprint();
  for (const token of tokens) fingerprint.push(token);
  return fingerprint.root();
}

function partsOf(logprob: number): number {
  if (Number.isNaN(logprob)) {
    throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field: "logprob", value: "NaN", range: "at most 0" });
  }
  return Math.min(LOGPROB_MAX, Math.max(0, Math.floor(-logprob * LOGPROB_PARTS + 0.5)));
}
