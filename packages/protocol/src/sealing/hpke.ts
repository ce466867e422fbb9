import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { CipherSuite, HkdfSha256, HpkeError } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import { utf8ToBytes } from "../bytes.js";
import { ProtocolError } from "../errors.js";
import { SEAL_KEY_BYTES, type SealSuite, SUITE_BYTES } from "./sealSuite.js";

/**
 * Base mode of RFC 9180 with HKDF-SHA256 and ChaCha20-Poly1305; made anew for each use, so that none keeps state between two. X-Wing's code is loaded by the
 * first who asks for it.
 */
export async function hpkeSuite(suite: SealSuite): Promise<CipherSuite> {
  const kem = suite === "xwing" ? new (await import("@hpke/hybridkem-x-wing")).XWing() : new DhkemX25519HkdfSha256();
  return new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Chacha20Poly1305() });
}

/** A raw key pair. */
export type SealKeyPair = { readonly publicKey: Uint8Array; readonly privateKey: Uint8Array };

/** A fresh pair from the library's own randomness; or the one that 32 bytes of seed decide (RFC 9180 `DeriveKeyPair`). Throws PROTOCOL_BAD_KEY. */
export async function createSealKeyPair(suite: SealSuite, seed?: Uint8Array): Promise<SealKeyPair> {
  const { kem } = await hpkeSuite(suite);
  if (seed !== undefined && seed.length !== SEAL_KEY_BYTES) throw badKey("a seed has 32 bytes");
  const pair = seed === undefined ? await kem.generateKeyPair() : await kem.deriveKeyPair(copyOf(seed));
  return {
    publicKey: new Uint8Array(await kem.serializePublicKey(pair.publicKey)),
    privateKey: new Uint8Array(await kem.serializePrivateKey(pair.privateKey)),
  };
}

/** What both sides of a context derive, 32 bytes each: one key for each direction. */
export type ContextKeys = { readonly up: Uint8Array; readonly down: Uint8Array };

const UP = utf8ToBytes("cortensor seal up v1");
const DOWN = utf8ToBytes("cortensor seal down v1");

/**
 * A sender's half: what to send, and the keys that it stands for. `ephemeral` decides them, for vectors alone: 32 bytes, for X-Wing 64. Throws
 * PROTOCOL_BAD_KEY for a public key with which no secret can be shared.
 */
export async function encapsulate(
  suite: SealSuite,
  to: { readonly publicKey: Uint8Array; readonly info: Uint8Array; readonly ephemeral?: Uint8Array },
): Promise<{ readonly enc: Uint8Array; readonly keys: ContextKeys }> {
  if (to.publicKey.length !== SUITE_BYTES[suite].publicKey) throw badKey(`not a public key of ${suite}`);
  const hpke = await hpkeSuite(suite);
  try {
    const context = await hpke.createSenderContext({
      recipientPublicKey: await hpke.kem.deserializePublicKey(copyOf(to.publicKey)),
      info: copyOf(to.info),
      ...(to.ephemeral === undefined ? {} : { ekm: copyOf(to.ephemeral) }),
    });
    return { enc: new Uint8Array(context.enc), keys: await exportKeys(context) };
  } catch (cause) {
    if (cause instanceof HpkeError) throw badKey(`no secret can be shared with it by ${suite}`, cause);
    throw cause;
  }
}

/** The recipient's half. Undefined for what no sender could have encapsulated; for what was made for another key, keys that nobody has. */
export async function decapsulate(
  suite: SealSuite,
  from: { readonly privateKey: Uint8Array; readonly enc: Uint8Array; readonly info: Uint8Array },
): Promise<ContextKeys | undefined> {
  if (from.enc.length !== SUITE_BYTES[suite].enc) return undefined;
  const hpke = await hpkeSuite(suite);
  const recipientKey = await hpke.kem.deserializePrivateKey(copyOf(from.privateKey));
  try {
    const context = await hpke.createRecipientContext({
      recipientKey,
      enc: copyOf(from.enc),
      info: copyOf(from.info),
    });
    return await exportKeys(context);
  } catch (cause) {
    if (cause instanceof HpkeError) return undefined;
    throw cause;
  }
}

type Exporter = { export(context: ArrayBufferLike | ArrayBufferView, bytes: number): Promise<ArrayBuffer> };

async function exportKeys(context: Exporter): Promise<ContextKeys> {
  return {
    up: new Uint8Array(await context.export(copyOf(UP), SEAL_KEY_BYTES)),
    down: new Uint8Array(await context.export(copyOf(DOWN), SEAL_KEY_BYTES)),
  };
}

/** The library reads whole buffers: a view into a larger one is copied out. */
function copyOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy.buffer;
}

function badKey(reason: string, cause?: unknown): ProtocolError {
  return new ProtocolError({ code: "PROTOCOL_BAD_KEY", reason }, { cause });
}
