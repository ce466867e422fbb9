import { bytesToHex, hexToBytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import type { Address, Hex } from "../primitives.js";
import { AEAD_NONCE_BYTES, type Aead } from "../sealing/aead.js";
import { decapsulate, encapsulate } from "../sealing/hpke.js";
import { hashOpeningAsk, type OpeningAsk } from "./openingAsk.js";

/** A share on its way to the validator that asked for it: sealed to the key of that very ask. */
export type SentShare = { readonly guard: Address; readonly enc: Hex; readonly sealed: Hex };

const NONCE = new Uint8Array(AEAD_NONCE_BYTES);

export async function sealReleasedShare(
  ask: OpeningAsk,
  parts: { readonly guard: Address; readonly share: Uint8Array; readonly aead: Aead },
): Promise<SentShare> {
  const { guard, share, aead } = parts;
  const info = infoOf(ask, guard);
  const { enc, keys } = await encapsulate("x25519", { publicKey: hexToBytes(ask.replyKey), info });
  const sealed = aead.seal(keys.up, { nonce: NONCE, aad: info, data: share });
  return { guard, enc: bytesToHex(enc), sealed: bytesToHex(sealed) };
}

/** Undefined for what isn't sealed to that ask. */
export async function openReleasedShare(
  sent: SentShare,
  parts: { readonly ask: OpeningAsk; readonly replyKey: Uint8Array; readonly aead: Aead },
): Promise<Uint8Array | undefined> {
  const info = infoOf(parts.ask, sent.guard);
  const opening = { privateKey: parts.replyKey, enc: hexToBytes(sent.enc), info };
  const keys = await decapsulate("x25519", opening);
  return keys && parts.aead.open(keys.up, { nonce: NONCE, aad: info, data: hexToBytes(sent.sealed) });
}

/** `"cortensor released share v1" ‖ the ask's struct hash ‖ guard`. */
function infoOf(ask: OpeningAsk, guard: Address): Uint8Array {
  const writer = new ByteWriter().tag("cortensor released share v1").hex(hashOpeningAsk(ask), 32).hex(guard, 20);
  return writer.toBytes().slice();
}
