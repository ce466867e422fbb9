import { type Bytes32, keccak256, leafHash, merkleRoot, ZERO_BYTES32 } from "@cortensor/protocol";

/** One token's fingerprint: its id, and the model's best choices at its position. */
export type TokenFingerprint = {
  readonly id: number;
  readonly top: readonly { readonly id: number; readonly logprob: number }[];
};

/** Tokens under one leaf. */
export const FINGERPRINT_TOKENS = 32;
/** Choices per token. */
export const FINGERPRINT_TOP = 5;

/**
 * Merkle root over a segment's fingerprints; zero for none. A leaf is `leafHash(keccak256(bytes))` of up to 32 tokens, each:
 * id u32 little-endian ‖ count u8 ‖ count × (id u32 little-endian ‖ log-probability f32 big-endian).
 */
export function fingerprintRoot(tokens: readonly TokenFingerprint[]): Bytes32 {
  const leaves: Bytes32[] = [];
  for (let from = 0; from < tokens.length; from += FINGERPRINT_TOKENS) {
    leaves.push(leafHash(keccak256(encode(tokens.slice(from, from + FINGERPRINT_TOKENS)))));
  }
  return leaves.length === 0 ? ZERO_BYTES32 : merkleRoot(leaves);
}

const TOKEN_BYTES = 5;
const CHOICE_BYTES = 8;

function encode(tokens: readonly TokenFingerprint[]): Uint8Array {
  const bytes = new Uint8Array(tokens.length * (TOKEN_BYTES + FINGERPRINT_TOP * CHOICE_BYTES));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { id, top } of tokens) {
    const best = top.slice(0, FINGERPRINT_TOP);
    view.setUint32(at, id, true);
    view.setUint8(at + 4, best.length);
    at += TOKEN_BYTES;
    for (const choice of best) {
      view.setUint32(at, choice.id, true);
      view.setFloat32(at + 4, choice.logprob);
      at += CHOICE_BYTES;
    }
  }
  return bytes.subarray(0, at);
}
