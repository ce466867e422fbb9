import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { Bytes32 } from "@cortensor/protocol";
import type { Secret } from "@cortensor/runtime";
import { hashBytes } from "../outbox/outboxRows.js";
import { SinkError } from "../sinkError.js";
import { parseSinkTarget } from "../target/parseSinkTarget.js";
import type { SinkTarget } from "../target/sinkTarget.js";

/** Keeps targets' texts, which hold credentials, unreadable to whoever reads the database alone. */
export type SinkVault = {
  readonly seal: (session: Bytes32, text: string) => Uint8Array;
  /** Throws SINK_TARGET_LOCKED where another key sealed it, or it was changed, or is another session's. */
  readonly open: (target: {
    readonly session: Bytes32;
    readonly name: string;
    readonly sealed: Uint8Array;
  }) => SinkTarget;
};

const CIPHER = "aes-256-gcm";
/** Begins what is sealed, so that a later form is told from this one. */
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A vault under a key that HKDF makes of the operator's 32 bytes: AES-256-GCM, bound to the session. */
export function createSinkVault(operatorKey: Secret<Uint8Array>): SinkVault {
  const key = Buffer.from(hkdfSync("sha256", operatorKey.expose(), "", "cortensor sink targets 1", 32));
  return {
    seal(session, text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(hashBytes(session));
      const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return new Uint8Array(Buffer.concat([Buffer.of(VERSION), nonce, sealed, cipher.getAuthTag()]));
    },
    open({ session, name, sealed }) {
      const bytes = Buffer.from(sealed);
      const text = decrypt(key, hashBytes(session), bytes);
      if (text === undefined) throw new SinkError({ code: "SINK_TARGET_LOCKED", sink: name });
      return parseSinkTarget(text);
    },
  };
}

function decrypt(key: Buffer, session: Buffer, bytes: Buffer): string | undefined {
  if (bytes.length < 1 + NONCE_BYTES + TAG_BYTES || bytes[0] !== VERSION) return undefined;
  const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce).setAAD(session).setAuthTag(bytes.subarray(-TAG_BYTES));
  const sealed = bytes.subarray(1 + NONCE_BYTES, -TAG_BYTES);
  try {
    return Buffer.concat([decipher.update(sealed), decipher.final()]).toString("utf8");
  } catch {
    // Its tag doesn't fit; what was wrong with it is nobody's to learn.
    return undefined;
  }
}
