import { base64UrlToBytes, bytesToBase64Url } from "../base64Url.js";
import { ByteReader } from "../byteReader.js";
import { utf8ToBytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { type Eip712Domain, typedDataDigest } from "../eip712Domain.js";
import { hasCode } from "../errors.js";
import { keccak256Bytes } from "../keccak.js";
import type { Address, Bytes32, Hex, UnixSeconds } from "../primitives.js";
import { recoverSigner, signDigest } from "../secp256k1.js";
import { WordWriter } from "../wordWriter.js";
import { DOOR_WORD_SECONDS_MAX } from "./limits.js";

/** A member's word to a door of its network: whoever holds it passes for the member until it expires. */
export type DoorWord = { readonly account: Address; readonly issued: UnixSeconds; readonly expires: UnixSeconds };

export type DoorWordFault = "malformed" | "notYet" | "expired" | "tooLong" | "otherSigner";
export type ReadDoorWord =
  | { readonly kind: "word"; readonly word: DoorWord }
  | { readonly kind: "refused"; readonly fault: DoorWordFault };

const PREFIX = "cw-";
const TYPE_HASH = keccak256Bytes(utf8ToBytes("DoorWord(address account,uint64 issued,uint64 expires)"));
const SIGNATURE_BYTES = 65;
const WORD_BYTES = 20 + 8 + 8 + SIGNATURE_BYTES;
/** A door's clock and a member's may differ by so much. */
const SKEW_SECONDS = 30;
const writer = new WordWriter(4);

/** The domain of what members sign: their network's gate. */
export function gateDomain(parts: { readonly chainId: number; readonly gate: Address }): Eip712Domain {
  return { name: "Cortensor", version: "1", chainId: parts.chainId, verifyingContract: parts.gate };
}

/** The bearer that opens a door: `cw-` and, in base64url, account ‖ issued u64 ‖ expires u64 ‖ signature. */
export function signDoorWord(word: DoorWord, domain: Eip712Domain, privateKey: Hex): string {
  const signature = signDigest(digestOf(word, domain), privateKey);
  const bytes = new ByteWriter()
    .hex(word.account, 20)
    .uint("issued", word.issued, 8)
    .uint("expires", word.expires, 8)
    .hex(signature, SIGNATURE_BYTES)
    .toBytes();
  return `${PREFIX}${bytesToBase64Url(bytes)}`;
}

/** Whether a bearer is meant as a door's word: another kind of bearer isn't read as one. */
export function isDoorWord(bearer: string): boolean {
  return bearer.startsWith(PREFIX);
}

/** Reads a word and holds it against its time and signer. Whether its account is a member is the gate's to say. */
export function readDoorWord(bearer: string, domain: Eip712Domain, nowSeconds: UnixSeconds): ReadDoorWord {
  const read = isDoorWord(bearer) ? parseWord(bearer.slice(PREFIX.length)) : undefined;
  if (read === undefined) return refused("malformed");
  const { word, signature } = read;
  if (word.expires - word.issued > DOOR_WORD_SECONDS_MAX || word.expires < word.issued) return refused("tooLong");
  if (word.issued > nowSeconds + SKEW_SECONDS) return refused("notYet");
  if (word.expires <= nowSeconds) return refused("expired");
  return signerOf(digestOf(word, domain), signature) === word.account ? { kind: "word", word } : refused("otherSigner");
}

function parseWord(text: string): { readonly word: DoorWord; readonly signature: Hex } | undefined {
  if (text.length > 2 * WORD_BYTES) return undefined;
  const bytes = base64UrlToBytes(text);
  if (bytes === undefined || bytes.length !== WORD_BYTES) return undefined;
  const reader = new ByteReader(bytes, "door word");
  try {
    const word = { account: reader.hex(20), issued: reader.uint("issued", 8), expires: reader.uint("expires", 8) };
    return { word, signature: reader.hex(SIGNATURE_BYTES) };
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_RECORD")) return undefined;
    throw error;
  }
}

function digestOf({ account, issued, expires }: DoorWord, domain: Eip712Domain): Bytes32 {
  const hash = writer.begin(TYPE_HASH).address(account).uint64("issued", issued).uint64("expires", expires).hash();
  return typedDataDigest(domain, hash);
}

function signerOf(digest: Bytes32, signature: Hex): Address | undefined {
  try {
    return recoverSigner(digest, signature);
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_SIGNATURE") || hasCode(error, "PROTOCOL_BAD_HEX")) return undefined;
    throw error;
  }
}

function refused(fault: DoorWordFault): ReadDoorWord {
  return { kind: "refused", fault };
}
