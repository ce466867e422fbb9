import { createCipheriv, createDecipheriv } from "node:crypto";
import { AEAD_TAG_BYTES, type Aead } from "@cortensor/protocol";

const CIPHER = "chacha20-poly1305";
const TAG = { authTagLength: AEAD_TAG_BYTES } as const;

/** ChaCha20-Poly1305 by the platform: the same bytes as protocol's portable one, about ten times faster. */
export const nodeAead: Aead = {
  seal: (key, { nonce, aad, data }) => {
    const cipher = createCipheriv(CIPHER, key, nonce, TAG);
    cipher.setAAD(aad, { plaintextLength: data.length });
    return new Uint8Array(Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]));
  },
  open: (key, { nonce, aad, data }) => {
    const length = data.length - AEAD_TAG_BYTES;
    if (length < 0) return undefined;
    const decipher = createDecipheriv(CIPHER, key, nonce, TAG);
    decipher.setAAD(aad, { plaintextLength: length });
    decipher.setAuthTag(data.subarray(length));
    const opened = decipher.update(data.subarray(0, length));
    try {
      return new Uint8Array(Buffer.concat([opened, decipher.final()]));
    } catch {
      // The one thing that can fail here is the tag.
      return undefined;
    }
  },
};
