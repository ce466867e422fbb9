import { hexToBytes, keccak256, utf8ToBytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { type Eip712Domain, typedDataDigest } from "../eip712Domain.js";
import { ProtocolError } from "../errors.js";
import { keccak256Bytes } from "../keccak.js";
import type { Address, Bytes32, Hex, UnixSeconds } from "../primitives.js";
import { recoverSigner, signDigest } from "../secp256k1.js";
import { WordWriter } from "../wordWriter.js";
import { type Grant, hashGrant } from "./grant.js";

/** Grants of one object that a record lists. */
export const SHRED_GRANTS_MAX = 65_536;

/** One wrapped key that was destroyed, by hashes alone. */
export type ShreddedGrant = { readonly grantHash: Bytes32; readonly wrappedKeyHash: Bytes32 };

/**
 * An owner's and its keeper's word of what was destroyed: the kept half of an object's key, and every wrapped half that they had. EIP-712
 * `ShredRecord(address owner,string cid,bytes32 keptHash,bytes32 grantsHash,uint32 count,uint64 at)` under the domain of the grants.
 */
export type ShredRecord = {
  readonly owner: Address;
  readonly cid: string;
  readonly keptHash: Bytes32;
  /** By grant hash, ascending, each once. */
  readonly grants: readonly ShreddedGrant[];
  /** Chain time. */
  readonly at: UnixSeconds;
};
export type SignedShredRecord = { readonly record: ShredRecord; readonly signature: Hex };

export const SHRED_RECORD_TYPE =
  "ShredRecord(address owner,string cid,bytes32 keptHash,bytes32 grantsHash,uint32 count,uint64 at)";
const TYPE_HASH = keccak256Bytes(utf8ToBytes(SHRED_RECORD_TYPE));
const writer = new WordWriter(7);

/** The record of an object with these grants. Throws PROTOCOL_BAD_RECORD for another object's, or too many. */
export function shredRecordOf(
  of: Pick<ShredRecord, "owner" | "cid" | "keptHash" | "at">,
  grants: readonly Grant[],
): ShredRecord {
  if (grants.length > SHRED_GRANTS_MAX) refuse(`more than ${SHRED_GRANTS_MAX} grants`);
  if (grants.some(({ owner, cid }) => owner !== of.owner || cid !== of.cid)) refuse("a grant of another object");
  const listed = new Map(grants.map(shreddedGrantOf).map((one) => [one.grantHash, one]));
  const sorted = [...listed.values()].sort((left, right) => (left.grantHash < right.grantHash ? -1 : 1));
  return { ...of, grants: sorted };
}

/** Throws PROTOCOL_BAD_RECORD for grants out of order. `grantsHash` is `keccak256` of each grant's hash ‖ `keccak256` of its wrapped key, in order. */
export function hashShredRecord(record: ShredRecord): Bytes32 {
  const packed = new ByteWriter();
  for (const [index, one] of record.grants.entries()) {
    const before = record.grants[index - 1];
    if (before !== undefined && before.grantHash >= one.grantHash) refuse("grants out of order");
    packed.hex(one.grantHash, 32).hex(one.wrappedKeyHash, 32);
  }
  return writer
    .begin(TYPE_HASH)
    .address(record.owner)
    .bytes32(keccak256(utf8ToBytes(record.cid)))
    .bytes32(record.keptHash)
    .bytes32(keccak256(packed.toBytes()))
    .uint32("count", record.grants.length)
    .uint64("at", record.at)
    .hash();
}

export function signShredRecord(domain: Eip712Domain, record: ShredRecord, privateKey: Hex): SignedShredRecord {
  return { record, signature: signDigest(typedDataDigest(domain, hashShredRecord(record)), privateKey) };
}

/** Why a record doesn't show that an object was shredded. */
export type ShredFault = "badRecord" | "wrongSigner" | "otherKey" | "grantMissing";

/**
 * What is wrong with a record, held against the object's kept hash and every grant that the asker knows of; undefined when it names all of them. It shows what its
 * signer says to have destroyed: what a grantee has copied nobody calls back.
 */
export function shredFault(
  domain: Eip712Domain,
  { record, signature }: SignedShredRecord,
  known: { readonly keptHash: Bytes32; readonly grants: readonly Grant[] },
): ShredFault | undefined {
  const signer = signerOf(domain, { record, signature });
  if (signer === undefined) return "badRecord";
  if (signer !== record.owner) return "wrongSigner";
  if (record.keptHash !== known.keptHash) return "otherKey";
  const listed = new Map(record.grants.map((one) => [one.grantHash, one.wrappedKeyHash]));
  const isListed = ({ grantHash, wrappedKeyHash }: ShreddedGrant) => listed.get(grantHash) === wrappedKeyHash;
  return known.grants.map(shreddedGrantOf).every(isListed) ? undefined : "grantMissing";
}

function signerOf(domain: Eip712Domain, { record, signature }: SignedShredRecord): Address | undefined {
  try {
    return recoverSigner(typedDataDigest(domain, hashShredRecord(record)), signature);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

function shreddedGrantOf(grant: Grant): ShreddedGrant {
  return { grantHash: hashGrant(grant), wrappedKeyHash: keccak256(hexToBytes(grant.wrappedKey)) };
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: "shred record", reason });
}
