import { bytesToHex, writeHex } from "./bytes.js";
import { CHECKPOINT_TOKENS } from "./checkpoint.js";
import { ProtocolError } from "./errors.js";
import { keccak256Bytes } from "./keccak.js";
import { type Bytes32, ZERO_BYTES32 } from "./primitives.js";

const WORD = 32;
const TOKEN_BYTES = 4;
const TOKEN_ID_MAX = 0xffffffff;

/** A position that is a multiple of 32, and the root there: enough to go on from. */
export type TokenRootState = { readonly position: number; readonly root: Bytes32 };

/**
 * The running hash of a replica's output tokens.
 *
 * `R(0) = 0`; `R(32k) = keccak256(R(32(k−1)) ‖ 32 ids, 4 bytes little-endian each)`; at any other position `p`,
 * `R(p) = keccak256(R(32⌊p/32⌋) ‖ the remaining ids)`. Holds the root of the last full block and the ids since.
 */
export class TokenRoot {
  readonly #block = new Uint8Array(WORD + CHECKPOINT_TOKENS * TOKEN_BYTES);
  readonly #view = new DataView(this.#block.buffer);
  #blockPosition: number;
  #pending = 0;

  /** Starts at nothing, or goes on from a state. Throws PROTOCOL_OUT_OF_RANGE when its position is no multiple of 32. */
  constructor(from: TokenRootState = { position: 0, root: ZERO_BYTES32 }) {
    if (!Number.isSafeInteger(from.position) || from.position < 0 || from.position % CHECKPOINT_TOKENS !== 0) {
      refuse("position", from.position, "a multiple of 32");
    }
    writeHex(this.#block, 0, from.root, WORD);
    this.#blockPosition = from.position;
  }

  /** Output tokens so far. */
  get position(): number {
    return this.#blockPosition + this.#pending;
  }

  push(id: number): void {
    if (!Number.isInteger(id) || id < 0 || id > TOKEN_ID_MAX) refuse("tokenId", id, "0…2^32−1");
    this.#view.setUint32(WORD + this.#pending * TOKEN_BYTES, id, true);
    this.#pending += 1;
    if (this.#pending < CHECKPOINT_TOKENS) return;
    this.#block.set(keccak256Bytes(this.#block), 0);
    this.#blockPosition += CHECKPOINT_TOKENS;
    this.#pending = 0;
  }

  /** The root at `position`. */
  root(): Bytes32 {
    if (this.#pending === 0) return bytesToHex(this.#block.subarray(0, WORD));
    return bytesToHex(keccak256Bytes(this.#block.subarray(0, WORD + this.#pending * TOKEN_BYTES)));
  }

  /** The last multiple of 32 and its root. */
  lastBlock(): TokenRootState {
    return { position: this.#blockPosition, root: bytesToHex(this.#block.subarray(0, WORD)) };
  }
}

/** The root of a whole sequence of output token ids. */
export function tokenRootOf(ids: Iterable<number>): Bytes32 {
  const running = new TokenRoot();
  for (const id of ids) running.push(id);
  return running.root();
}

function refuse(field: string, value: number, range: string): never {
  throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field, value: String(value), range });
}
