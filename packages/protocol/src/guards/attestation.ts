import { utf8ToBytes } from "../bytes.js";
import { type Eip712Domain, typedDataDigest } from "../eip712Domain.js";
import { keccak256Bytes } from "../keccak.js";
import type { Address, Bytes32, Hex } from "../primitives.js";
import { signDigest } from "../secp256k1.js";
import { WordWriter } from "../wordWriter.js";
import { recoverCompact, toCompactSignature } from "./compactSignature.js";

/** What guards attest. The chain's number is the place, counted from 1. */
export const ATTESTATION_KINDS = ["results", "reputation", "settlement", "beacon", "checkpoint", "dutyPay"] as const;
export type AttestationKind = (typeof ATTESTATION_KINDS)[number];
/** Whatever an attestation may be of. Deposits on Solana are about another chain than the one that it is posted to. */
export const SIGNED_KINDS = [...ATTESTATION_KINDS, "solanaDeposits"] as const;
export type SignedKind = (typeof SIGNED_KINDS)[number];

/**
 * A guard's word that an epoch's records of one kind, about one chain, have this root. A guard signs one for each (domain, subject chain, kind,
 * epoch): two of them with different roots cost it all of its stake.
 *
 * `Attestation(uint64 subjectChainId,uint8 kind,uint64 epoch,bytes32 root)` under `guardsDomain`: chain id and contract.
 */
export type Attestation<Kind extends SignedKind = AttestationKind> = {
  /** The chain that it speaks about; the domain's is the chain that it is posted to. */
  readonly subjectChainId: number;
  readonly kind: Kind;
  readonly epoch: number;
  /** See `epochRoot`. */
  readonly root: Bytes32;
};

/** An attestation and a guard's 64-byte signature of it. */
export type SignedAttestation<Kind extends SignedKind = AttestationKind> = {
  readonly attestation: Attestation<Kind>;
  readonly signature: Hex;
};

export const ATTESTATION_TYPE = "Attestation(uint64 subjectChainId,uint8 kind,uint64 epoch,bytes32 root)";
const TYPE_HASH = keccak256Bytes(utf8ToBytes(ATTESTATION_TYPE));
const writer = new WordWriter(5);

/** The chain's number of a kind. */
export function kindNumber(kind: SignedKind): number {
  return SIGNED_KINDS.indexOf(kind) + 1;
}

/** Undefined for a number that no kind of the chain's own records has. */
export function kindOfNumber(number: number): AttestationKind | undefined {
  return ATTESTATION_KINDS[number - 1];
}

/** The same of whatever may be signed. */
export function signedKindOfNumber(number: number): SignedKind | undefined {
  return SIGNED_KINDS[number - 1];
}

export function hashAttestation({ subjectChainId, kind, epoch, root }: Attestation<SignedKind>): Bytes32 {
  return writer
    .begin(TYPE_HASH)
    .uint64("subjectChainId", subjectChainId)
    .uint8("kind", kindNumber(kind))
    .uint64("epoch", epoch)
    .bytes32(root)
    .hash();
}

export function attestationDigest(domain: Eip712Domain, attestation: Attestation<SignedKind>): Bytes32 {
  return typedDataDigest(domain, hashAttestation(attestation));
}

/** Signs without asking whether it may: see `maySign`. */
export function signAttestation<Kind extends SignedKind>(
  domain: Eip712Domain,
  attestation: Attestation<Kind>,
  privateKey: Hex,
): SignedAttestation<Kind> {
  return {
    attestation,
    signature: toCompactSignature(signDigest(attestationDigest(domain, attestation), privateKey)),
  };
}

/** Throws PROTOCOL_BAD_SIGNATURE. */
export function attestationSigner(
  domain: Eip712Domain,
  { attestation, signature }: SignedAttestation<SignedKind>,
): Address {
  return recoverCompact(attestationDigest(domain, attestation), signature);
}
