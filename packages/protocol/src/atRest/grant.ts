import { bytesToHex, hexToBytes, keccak256, utf8ToBytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { type Eip712Domain, typedDataDigest } from "../eip712Domain.js";
import { ProtocolError } from "../errors.js";
import { keccak256Bytes } from "../keccak.js";
import type { Address, Bytes32, Hex, UnixSeconds } from "../primitives.js";
import { AEAD_NONCE_BYTES, AEAD_TAG_BYTES, type Aead } from "../sealing/aead.js";
import { decapsulate, encapsulate } from "../sealing/hpke.js";
import { type SealSuite, SUITE_BYTES, suiteNumber } from "../sealing/sealSuite.js";
import { recoverSigner, signDigest } from "../secp256k1.js";

import { WordWriter } from "../wordWriter.js";
import { OBJECT_KEY_BYTES } from "./objectKey.js";

/** What a grantee may do with an object, each including those before it. The order is the wire's number. */
export const GRANT_SCOPES = ["search", "read", "share"] as const;
export type GrantScope = (typeof GRANT_SCOPES)[number];

/** Bytes of a CID's text. The longest in use has 62. */
export const CID_BYTES_MAX = 128;

/** What a grant says, before anything is wrapped. */
export type GrantTerms = {
  /** Whose object it is: who signs. */
  readonly owner: Address;
  /** Of the sealed object. */
  readonly cid: string;
  readonly grantee: Address;
  readonly suite: SealSuite;
  readonly scope: GrantScope;
  /** First second at which it no longer holds. */
  readonly expires: UnixSeconds;
  /** Of the half that the keeper shows: see `ObjectSecrets`. */
  readonly keptHash: Bytes32;
};

/**
 * An owner's word that one grantee may open one object, with the granted half of its key. Its EIP-712 struct, under the domain of the contract that takes revocations:
 * `Grant(address owner,string cid,address grantee,uint16 suite,uint8 scope,uint64 expires,bytes32 keptHash,bytes enc,bytes wrappedKey)`.
 */
export type Grant = GrantTerms & { readonly enc: Hex; readonly wrappedKey: Hex };
export type SignedGrant = { readonly grant: Grant; readonly signature: Hex };

export const GRANT_TYPE =
  "Grant(address owner,string cid,address grantee,uint16 suite,uint8 scope,uint64 expires,bytes32 keptHash,bytes enc,bytes wrappedKey)";
const TYPE_HASH = keccak256Bytes(utf8ToBytes(GRANT_TYPE));
const writer = new WordWriter(10);
const NONCE = new Uint8Array(AEAD_NONCE_BYTES);
const WRAPPED_BYTES = OBJECT_KEY_BYTES + AEAD_TAG_BYTES;

/** Wraps the granted half for a grantee's public key by HPKE, bound to the terms. Throws PROTOCOL_BAD_KEY, PROTOCOL_BAD_RECORD. */
export async function wrapGrant(
  terms: GrantTerms,
  parts: {
    readonly granted: Uint8Array;
    readonly publicKey: Uint8Array;
    readonly aead: Aead;
    /** For vectors alone: see `encapsulate`. */
    readonly ephemeral?: Uint8Array;
  },
): Promise<Grant> {
  const { granted, publicKey, aead, ephemeral } = parts;
  if (granted.length !== OBJECT_KEY_BYTES) refuse("half of a key has 32 bytes");
  const info = grantInfo(terms);
  const to = ephemeral === undefined ? { publicKey, info } : { publicKey, info, ephemeral };
  const { enc, keys } = await encapsulate(terms.suite, to);
  const wrapped = aead.seal(keys.up, { nonce: NONCE, aad: info, data: granted });
  return { ...terms, enc: bytesToHex(enc), wrappedKey: bytesToHex(wrapped) };
}

/** The granted half. Undefined for a grant to another key, or with other terms than those it was wrapped under. */
export async function openGrant(
  grant: Grant,
  parts: { readonly privateKey: Uint8Array; readonly aead: Aead },
): Promise<Uint8Array | undefined> {
  const [enc, data] = [hexToBytes(grant.enc), hexToBytes(grant.wrappedKey)];
  if (enc.length !== SUITE_BYTES[grant.suite].enc || data.length !== WRAPPED_BYTES) return undefined;
  const info = grantInfo(grant);
  const keys = await decapsulate(grant.suite, { privateKey: parts.privateKey, enc, info });
  return keys === undefined ? undefined : parts.aead.open(keys.up, { nonce: NONCE, aad: info, data });
}

/** `"cortensor grant v1" ‖ owner ‖ cid (length u32, UTF-8) ‖ grantee ‖ suite u16 ‖ scope u8 ‖ expires u64 ‖ kept hash`. */
function grantInfo(terms: GrantTerms): Uint8Array {
  if (utf8ToBytes(terms.cid).length > CID_BYTES_MAX) refuse(`a CID has at most ${CID_BYTES_MAX} bytes`);
  return new ByteWriter()
    .tag("cortensor grant v1")
    .hex(terms.owner, 20)
    .text(terms.cid)
    .hex(terms.grantee, 20)
    .uint("suite", suiteNumber(terms.suite), 2)
    .uint("scope", GRANT_SCOPES.indexOf(terms.scope), 1)
    .uint("expires", terms.expires, 8)
    .hex(terms.keptHash, 32)
    .toBytes()
    .slice();
}

/** The EIP-712 struct hash: what a revocation names. */
export function hashGrant(grant: Grant): Bytes32 {
  return writer
    .begin(TYPE_HASH)
    .address(grant.owner)
    .bytes32(keccak256(utf8ToBytes(grant.cid)))
    .address(grant.grantee)
    .uint16("suite", suiteNumber(grant.suite))
    .uint8("scope", GRANT_SCOPES.indexOf(grant.scope))
    .uint64("expires", grant.expires)
    .bytes32(grant.keptHash)
    .bytes32(keccak256(hexToBytes(grant.enc)))
    .bytes32(keccak256(hexToBytes(grant.wrappedKey)))
    .hash();
}

export function signGrant(domain: Eip712Domain, grant: Grant, privateKey: Hex): SignedGrant {
  return { grant, signature: signDigest(typedDataDigest(domain, hashGrant(grant)), privateKey) };
}

/** Throws PROTOCOL_BAD_SIGNATURE. */
export function grantSigner(domain: Eip712Domain, { grant, signature }: SignedGrant): Address {
  return recoverSigner(typedDataDigest(domain, hashGrant(grant)), signature);
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: "grant", reason });
}
