import { hexToBytes } from "@cortensor/protocol";
import { ByteReader } from "./codec/byteReader.js";
import { ByteWriter } from "./codec/byteWriter.js";
import type { NodeIdentity, SignedCertificate } from "./identity.js";
import type { LinkRole } from "./link.js";
import { refuse } from "./wireError.js";

/** Version of everything on the wire: handshake, frames, messages. No other is spoken. */
export const WIRE_VERSION = 5;
/** The only suite: X25519, Ed25519, HKDF-SHA256, AES-256-GCM (a fifth faster than ChaCha20-Poly1305 where AES is in hardware). */
export const WIRE_SUITE = 1;

const MAGIC = Buffer.from("CTXL", "latin1");
const ROLES: readonly LinkRole[] = ["router", "miner"];

/** What each side says first: who it is, which network it is on, and its key for this link alone. */
export type Hello = {
  readonly role: LinkRole;
  /** X25519 public key, raw. */
  readonly ephemeral: Buffer;
  readonly signed: SignedCertificate;
};

export function encodeHello(identity: NodeIdentity, ephemeral: Uint8Array): Buffer {
  const { certificate, signature } = identity.certificate();
  const writer = new ByteWriter();
  writer.raw(MAGIC);
  writer.u8(WIRE_VERSION);
  writer.u8(WIRE_SUITE);
  writer.u8(ROLES.indexOf(identity.role));
  writer.varint(identity.chainId);
  writer.hex(identity.registry, 20);
  writer.raw(ephemeral);
  writer.hex(certificate.node, 20);
  writer.hex(certificate.connectionKey, 32);
  writer.varint(certificate.expires);
  writer.hex(signature, 65);
  return writer.take();
}

/** Reads a peer's hello. Refuses another version, suite, chain, registry or role by its own reason. */
export function decodeHello(bytes: Buffer, own: NodeIdentity, expectRole: LinkRole): Hello {
  const reader = new ByteReader(bytes);
  if (!reader.raw(MAGIC.length).equals(MAGIC)) throw refuse("handshakeMalformed", "not a hello");
  const version = reader.u8();
  if (version !== WIRE_VERSION) throw refuse("unsupportedVersion", `version ${version}, not ${WIRE_VERSION}`);
  const suite = reader.u8();
  if (suite !== WIRE_SUITE) throw refuse("unsupportedSuite", `suite ${suite}, not ${WIRE_SUITE}`);
  const role = ROLES[reader.u8()];
  if (role !== expectRole) throw refuse("wrongRole", `${role ?? "an unknown role"}, not ${expectRole}`);
  const chainId = reader.varint();
  if (chainId !== own.chainId) throw refuse("wrongChain", `chain ${chainId}, not ${own.chainId}`);
  const registry = reader.raw(20);
  if (!registry.equals(hexToBytes(own.registry))) throw refuse("wrongRegistry", "another registry");
  const ephemeral = reader.raw(32);
  const node = reader.hex(20);
  const connectionKey = reader.hex(32);
  const expires = reader.varint();
  const signature = reader.hex(65);
  reader.expectEnd();
  return { role, ephemeral, signed: { certificate: { node, connectionKey, expires }, signature } };
}
