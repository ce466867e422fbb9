import { chacha20poly1305 } from "@noble/ciphers/chacha";

/** ChaCha20-Poly1305 (RFC 8439): 32 bytes of key, 12 of nonce; what is sealed has 16 more than what was given. */
export type Aead = {
  seal(key: Uint8Array, box: AeadBox): Uint8Array;
  /** Undefined for anything that wasn't sealed by this key, nonce and additional data. */
  open(key: Uint8Array, box: AeadBox): Uint8Array | undefined;
};

/** `data` is the plain text to seal, or the sealed text to open. */
export type AeadBox = { readonly nonce: Uint8Array; readonly aad: Uint8Array; readonly data: Uint8Array };

export const AEAD_TAG_BYTES = 16;
export const AEAD_NONCE_BYTES = 12;

/** In JavaScript, for browsers. A server passes its platform's, which is about ten times faster, and gives the same bytes. */
export const portableAead: Aead = {
  seal: (key, { nonce, aad, data }) => chacha20poly1305(key, nonce, aad).encrypt(data),
  open: (key, { nonce, aad, data }) => {
    if (data.length < AEAD_TAG_BYTES) return undefined;
    try {
      return chacha20poly1305(key, nonce, aad).decrypt(data);
    } catch {
      // With keys and nonces of the right length, the one thing that can fail is the tag.
      return undefined;
    }
  },
};
