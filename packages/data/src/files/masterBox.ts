import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { FileError } from "./fileError.js";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 1;

/** Seals small things under the operator's master key: data keys, names. What it gives says nothing without the key. */
export type MasterBox = {
  seal(plain: Uint8Array, place: string): Buffer;
  /** Throws FILES_UNREADABLE for what wasn't sealed for this place under this key. */
  open(sealed: Uint8Array, place: string): Buffer;
};

/**
 * Version u8 = 1 ‖ nonce 12 ‖ AES-256-GCM text and tag, by `SHA-256("cortensor files master v1" ‖ key)`; additional data is the place it stands at,
 * so that a row's sealed field opens in no other row. `nonce` gives 12 fresh bytes. Throws FILES_BAD_KEY.
 */
export function createMasterBox(key: Uint8Array, nonce: () => Uint8Array): MasterBox {
  if (key.length !== KEY_BYTES) throw new FileError({ code: "FILES_BAD_KEY", reason: "a master key has 32 bytes" });
  const inner = createHash("sha256").update("cortensor files master v1").update(key).digest();
  return {
    seal(plain, place) {
      const iv = nonce().subarray(0, NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", inner, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(place));
      const text = Buffer.concat([cipher.update(plain), cipher.final()]);
      return Buffer.concat([Uint8Array.of(VERSION), iv, text, cipher.getAuthTag()]);
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed);
      if (bytes[0] !== VERSION || bytes.length < 1 + NONCE_BYTES + TAG_BYTES) throw unreadable("malformed");
      const iv = bytes.subarray(1, 1 + NONCE_BYTES);
      const decipher = createDecipheriv("aes-256-gcm", inner, iv, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(place));
      decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
      const text = decipher.update(bytes.subarray(1 + NONCE_BYTES, bytes.length - TAG_BYTES));
      try {
        return Buffer.concat([text, decipher.final()]);
      } catch {
        throw unreadable("tampered");
      }
    },
  };
}

function unreadable(reason: string): FileError {
  return new FileError({ code: "FILES_UNREADABLE", what: "row", reason });
}
