import { ByteReader } from "../byteReader.js";
import { ByteWriter } from "../byteWriter.js";
import { type Eip712Domain, guardsDomain } from "../eip712Domain.js";
import { ProtocolError } from "../errors.js";
import { type Address, type Bytes32, type Hex, isBytes32 } from "../primitives.js";
import {
  attestationSigner,
  kindNumber,
  type SignedAttestation,
  type SignedKind,
  signedKindOfNumber,
} from "./attestation.js";

/** Two roots that one guard signed where there may be one, with all that it takes to see it: nobody needs to know anything else. */
export type Equivocation = {
  /** Chain and contract of the domain that both were signed under. */
  readonly chainId: number;
  readonly guards: Address;
  readonly subjectChainId: number;
  readonly kind: SignedKind;
  readonly epoch: number;
  /** The lower root first, so that there is one proof of one pair. */
  readonly roots: readonly [Bytes32, Bytes32];
  /** 64 bytes each. */
  readonly signatures: readonly [Hex, Hex];
};

const WHAT = "equivocation";

/** The proof that two signed attestations make. Throws PROTOCOL_BAD_RECORD when they make none, saying why. */
export function equivocationOf(
  domain: Eip712Domain,
  one: SignedAttestation<SignedKind>,
  two: SignedAttestation<SignedKind>,
): Equivocation {
  const [low, high] = one.attestation.root < two.attestation.root ? [one, two] : [two, one];
  const { subjectChainId, kind, epoch } = low.attestation;
  if (subjectChainId !== high.attestation.subjectChainId) refuse("two subject chains");
  if (kind !== high.attestation.kind) refuse("two kinds");
  if (epoch !== high.attestation.epoch) refuse("two epochs");
  const proof: Equivocation = {
    chainId: domain.chainId,
    guards: domain.verifyingContract,
    subjectChainId,
    kind,
    epoch,
    roots: [low.attestation.root, high.attestation.root],
    signatures: [low.signature, high.signature],
  };
  equivocatorOf(proof);
  return proof;
}

/**
 * Who signed both. Whether that was a guard, and whether the domain is that of a contract that one answers to, is for whoever asks to see.
 * Throws PROTOCOL_BAD_RECORD or PROTOCOL_BAD_SIGNATURE for a proof that shows nothing.
 */
export function equivocatorOf(proof: Equivocation): Address {
  const { chainId, guards, subjectChainId, kind, epoch, roots, signatures } = proof;
  // Two spellings of one root would accuse who signed it once.
  if (!roots.every(isBytes32)) refuse("a root that is no word in lower case");
  if (roots[0] === roots[1]) refuse("one root");
  if (roots[0] > roots[1]) refuse("the higher root first");
  const domain = guardsDomain({ chainId, guards });
  const signerOf = (root: Bytes32, signature: Hex) =>
    attestationSigner(domain, { attestation: { subjectChainId, kind, epoch, root }, signature });
  const signer = signerOf(roots[0], signatures[0]);
  if (signer !== signerOf(roots[1], signatures[1])) refuse("two signers");
  return signer;
}

/** chainId u64 ‖ guards 20 ‖ subjectChainId u64 ‖ kind u8 ‖ epoch u64 ‖ lower root 32 ‖ higher root 32 ‖ their signatures 64 each: 237 bytes. */
export function encodeEquivocation(proof: Equivocation): Uint8Array {
  return new ByteWriter()
    .uint("chainId", proof.chainId, 8)
    .hex(proof.guards, 20)
    .uint("subjectChainId", proof.subjectChainId, 8)
    .uint("kind", kindNumber(proof.kind), 1)
    .uint("epoch", proof.epoch, 8)
    .hex(proof.roots[0], 32)
    .hex(proof.roots[1], 32)
    .hex(proof.signatures[0], 64)
    .hex(proof.signatures[1], 64)
    .toBytes();
}

/** Reads a proof, and checks it: see `equivocatorOf`. */
export function decodeEquivocation(bytes: Uint8Array): Equivocation {
  const reader = new ByteReader(bytes, WHAT);
  const chainId = reader.uint("chainId", 8);
  const guards = reader.hex(20);
  const subjectChainId = reader.uint("subjectChainId", 8);
  const kind = signedKindOfNumber(reader.uint("kind", 1)) ?? reader.refuse("no such kind");
  const epoch = reader.uint("epoch", 8);
  const roots = [reader.hex(32), reader.hex(32)] as const;
  const signatures = [reader.hex(64), reader.hex(64)] as const;
  reader.end();
  const proof = { chainId, guards, subjectChainId, kind, epoch, roots, signatures };
  equivocatorOf(proof);
  return proof;
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: WHAT, reason });
}
