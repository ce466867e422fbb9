import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import { refuse } from "./wireError.js";

const CIPHER = "aes-256-gcm";
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/**
 * Frames under one key. AES-GCM's confidentiality bound is 2^24 frames of 64 KiB; both sides step to the next key long
 * before, without a message.
 */
export const FRAMES_PER_KEY = 2 ** 20;

/** Bytes that sealing adds to a frame. */
export const SEAL_BYTES = TAG_BYTES;

/** A key and a counter that never meet twice. */
class KeySchedule {
  #key: Buffer;
  #used = 0;
  readonly #nonce = Buffer.alloc(12);
  readonly #framesPerKey: number;

  constructor(key: Buffer, framesPerKey: number) {
    this.#key = key;
    this.#framesPerKey = framesPerKey;
  }

  next(): { readonly key: Buffer; readonly nonce: Buffer } {
    if (this.#used === this.#framesPerKey) {
      this.#key = Buffer.from(hkdfSync("sha256", this.#key, Buffer.alloc(0), "cortensor link next key", KEY_BYTES));
      this.#used = 0;
    }
    this.#nonce.writeUInt32BE(this.#used, 8);
    this.#used += 1;
    return { key: this.#key, nonce: this.#nonce };
  }
}

/** Encrypts one direction's frames, in order. */
export class FrameSealer {
  readonly #schedule: KeySchedule;

  constructor(key: Buffer, framesPerKey: number = FRAMES_PER_KEY) {
    this.#schedule = new KeySchedule(key, framesPerKey);
  }

  seal(plain: Uint8Array): Buffer {
    const { key, nonce } = this.#schedule.next();
    const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    const body = cipher.update(plain);
    cipher.final();
    return Buffer.concat([body, cipher.getAuthTag()], body.length + TAG_BYTES);
  }
}

/** Decrypts one direction's frames, in order: one that is altered, repeated, left out or moved is refused. */
export class FrameOpener {
  readonly #schedule: KeySchedule;

  constructor(key: Buffer, framesPerKey: number = FRAMES_PER_KEY) {
    this.#schedule = new KeySchedule(key, framesPerKey);
  }

  open(frame: Buffer): Buffer {
    if (frame.length < TAG_BYTES) throw refuse("frameTampered", "shorter than its tag");
    const { key, nonce } = this.#schedule.next();
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(frame.subarray(frame.length - TAG_BYTES));
    const plain = decipher.update(frame.subarray(0, frame.length - TAG_BYTES));
    try {
      decipher.final();
    } catch (cause) {
      throw refuse("frameTampered", cause instanceof Error ? cause.message : "authentication failed");
    }
    return plain;
  }
}
