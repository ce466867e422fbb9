import { createCipheriv, createDecipheriv } from "node:crypto";
import { AEAD_TAG_BYTES, type Aead } from "../../src/index.js";

const CIPHER = "chacha20-poly1305";

/** The same cipher by the platform, as a server has it. */
export const nodeAead: Aead = {
  seal: (key, { nonce, aad, data }) => {
    const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: AEAD_TAG_BYTES });
    cipher.setAAD(aad, { plaintextLength: data.length });
    return new Uint8Array(Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]));
  },
  open: (key, { nonce, aad, data }) => {
    if (data.length < AEAD_TAG_BYTES) return undefined;
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: AEAD_TAG_BYTES });
    const length = data.length - AEAD_TAG_BYTES;
    decipher.setAAD(aad, { plaintextLength: length });
    decipher.setAuthTag(data.subarray(length));
    const plain = decipher.update(data.subarray(0, length));
    try {
      decipher.final();
    } catch {
      return undefined;
    }
    return new Uint8Array(plain);
  },
};
