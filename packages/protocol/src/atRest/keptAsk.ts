import { utf8ToBytes } from "../bytes.js";
import { type Eip712Domain, typedDataDigest } from "../eip712Domain.js";
import { keccak256Bytes } from "../keccak.js";
import type { Address, Bytes32, Hex, UnixSeconds } from "../primitives.js";
import { recoverSigner, signDigest } from "../secp256k1.js";
import { WordWriter } from "../wordWriter.js";
import { GRANT_SCOPES, type GrantScope } from "./grant.js";

/** Seconds before and after the keeper's time within which an ask counts: clocks differ, and an old ask is nobody's word now. */
export const KEPT_ASK_SECONDS = 60;

/** What a grantee asks a keeper for: the kept half of an object's key, for one use. EIP-712 `KeptAsk(bytes32 grantHash,uint8 scope,uint64 at)`. */
export type KeptAsk = { readonly grantHash: Bytes32; readonly scope: GrantScope; readonly at: UnixSeconds };
export type SignedKeptAsk = { readonly ask: KeptAsk; readonly signature: Hex };

export const KEPT_ASK_TYPE = "KeptAsk(bytes32 grantHash,uint8 scope,uint64 at)";
const TYPE_HASH = keccak256Bytes(utf8ToBytes(KEPT_ASK_TYPE));
const writer = new WordWriter(4);

export function hashKeptAsk({ grantHash, scope, at }: KeptAsk): Bytes32 {
  return writer.begin(TYPE_HASH).bytes32(grantHash).uint8("scope", GRANT_SCOPES.indexOf(scope)).uint64("at", at).hash();
}

export function signKeptAsk(domain: Eip712Domain, ask: KeptAsk, privateKey: Hex): SignedKeptAsk {
  return { ask, signature: signDigest(typedDataDigest(domain, hashKeptAsk(ask)), privateKey) };
}

/** Throws PROTOCOL_BAD_SIGNATURE. */
export function keptAskSigner(domain: Eip712Domain, { ask, signature }: SignedKeptAsk): Address {
  return recoverSigner(typedDataDigest(domain, hashKeptAsk(ask)), signature);
}
