import { createHash, diffieHellman, generateKeyPairSync, hkdfSync, type KeyObject, verify } from "node:crypto";
import {
  type Address,
  hasCode,
  hashConnectionCertificate,
  hexToBytes,
  registryDomain,
  typedDataDigest,
} from "@cortensor/protocol";
import { decodeHello, encodeHello, type Hello } from "./hello.js";
import type { NodeIdentity, SignedCertificate } from "./identity.js";
import type { Inbox } from "./inbox.js";
import type { Authorise, AuthorisedPeer, LinkRole, PeerIdentity } from "./link.js";
import { publicKeyFromRaw, rawPublicKey } from "./rawKeys.js";
import { FrameOpener, FrameSealer } from "./sealedFrames.js";
import type { Transport } from "./transport.js";
import { refuse } from "./wireError.js";

/**
 * Four messages, the opening side first: hello · hello and signature · signature · sealed "ready".
 *
 * Each signature is Ed25519, by the certified connection key, over everything said before it and the side that speaks, so
 * version, suite, roles, chain and registry can't be changed on the way, and no message of another handshake fits. The
 * frame keys hang on the same transcript.
 */
export type HandshakeParts = {
  readonly identity: NodeIdentity;
  readonly transport: Transport;
  readonly inbox: Inbox;
  readonly expectPeer: { readonly role: LinkRole; readonly address?: Address };
  readonly authorise: Authorise;
  readonly nowSeconds: () => number;
  readonly signal: AbortSignal;
};

/** The proven peer and the keys of both directions. */
export type Handshaken = {
  readonly peer: AuthorisedPeer;
  readonly sealer: FrameSealer;
  readonly opener: FrameOpener;
};

const ED25519_BYTES = 64;
const READY = Buffer.from("ready", "latin1");

/** The side that opened the socket. Rejects with WIRE_LINK_REFUSED. */
export async function openHandshake(parts: HandshakeParts): Promise<Handshaken> {
  const { identity, transport, inbox } = parts;
  const ephemeral = generateKeyPairSync("x25519");
  const transcript = new Transcript();
  const hello = encodeHello(identity, rawPublicKey(ephemeral.publicKey));
  transport.send(hello);
  transcript.add(hello);

  const reply = await inbox.read();
  if (reply.length <= ED25519_BYTES) throw refuse("handshakeMalformed", "no room for a hello and a signature");
  const peerHelloBytes = reply.subarray(0, reply.length - ED25519_BYTES);
  const peerHello = readHello(peerHelloBytes, parts);
  transcript.add(peerHelloBytes);
  const peer = checkPeer({
    parts,
    hello: peerHello,
    speaker: "accept",
    transcript,
    signature: reply.subarray(-ED25519_BYTES),
  });
  const authorised = await authorisePeer(peer, parts);

  const signature = identity.sign(transcript.toSign("open"));
  transcript.add(signature);
  inbox.open();
  transport.send(Buffer.from(signature));
  const keys = deriveKeys(ephemeral.privateKey, peerHello, transcript);
  const opener = new FrameOpener(keys.fromAcceptor);
  if (!opener.open(await inbox.read()).equals(READY)) throw refuse("handshakeMalformed", "no word of readiness");
  return { peer: authorised, sealer: new FrameSealer(keys.fromOpener), opener };
}

/** The side that accepted the socket. Rejects with WIRE_LINK_REFUSED. */
export async function acceptHandshake(parts: HandshakeParts): Promise<Handshaken> {
  const { identity, transport, inbox } = parts;
  const ephemeral = generateKeyPairSync("x25519");
  const transcript = new Transcript();
  const peerHelloBytes = await inbox.read();
  const peerHello = readHello(peerHelloBytes, parts);
  transcript.add(peerHelloBytes);

  const hello = encodeHello(identity, rawPublicKey(ephemeral.publicKey));
  transcript.add(hello);
  const signature = identity.sign(transcript.toSign("accept"));
  transcript.add(signature);
  transport.send(Buffer.concat([hello, signature]));

  const peerSignature = await inbox.read();
  if (peerSignature.length !== ED25519_BYTES) throw refuse("handshakeMalformed", "not a signature");
  const peer = checkPeer({ parts, hello: peerHello, speaker: "open", transcript, signature: peerSignature });
  const authorised = await authorisePeer(peer, parts);
  const keys = deriveKeys(ephemeral.privateKey, peerHello, transcript);
  const sealer = new FrameSealer(keys.fromAcceptor);
  inbox.open();
  transport.send(sealer.seal(READY));
  return { peer: authorised, sealer, opener: new FrameOpener(keys.fromOpener) };
}

/** Everything said so far. */
class Transcript {
  readonly #hash = createHash("sha256").update("cortensor link transcript");

  add(bytes: Uint8Array): void {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    this.#hash.update(length).update(bytes);
  }

  digest(): Buffer {
    return this.#hash.copy().digest();
  }

  /** What a side signs: the two sides never sign the same bytes. */
  toSign(speaker: "open" | "accept"): Buffer {
    return Buffer.concat([Buffer.from(`cortensor link ${speaker} `, "latin1"), this.digest()]);
  }
}

function readHello(bytes: Buffer, parts: HandshakeParts): Hello {
  try {
    return decodeHello(bytes, parts.identity, parts.expectPeer.role);
  } catch (error) {
    throw hasCode(error, "WIRE_MALFORMED") ? refuse("handshakeMalformed", error.message) : error;
  }
}

type PeerCheck = {
  readonly parts: HandshakeParts;
  readonly hello: Hello;
  readonly speaker: "open" | "accept";
  readonly transcript: Transcript;
  readonly signature: Buffer;
};

/** Cheap checks first: whoever can't sign this transcript doesn't cost a secp256k1 operation. */
function checkPeer({ parts, hello, speaker, transcript, signature }: PeerCheck): PeerIdentity {
  const { certificate } = hello.signed;
  const connectionKey = publicKeyFromRaw("ed25519", hexToBytes(certificate.connectionKey));
  if (!verify(null, transcript.toSign(speaker), connectionKey, signature)) {
    throw refuse("signatureInvalid", "the transcript is not signed by the connection key");
  }
  // The opener's signature is the transcript's last part; the acceptor's stands in it as sent.
  transcript.add(signature);
  if (certificate.expires <= parts.nowSeconds()) throw refuse("certificateExpired", `at ${certificate.expires}`);
  const { address } = parts.expectPeer;
  if (address !== undefined && address.toLowerCase() !== certificate.node) {
    throw refuse("unexpectedPeer", `${certificate.node}, not ${address}`);
  }
  if (!isCertified(hello.signed, parts.identity)) {
    throw refuse("certificateInvalid", `${certificate.node} has not signed the connection key`);
  }
  return { role: hello.role, address: certificate.node, connectionKey: certificate.connectionKey };
}

function isCertified({ certificate, signature }: SignedCertificate, own: NodeIdentity): boolean {
  const domain = registryDomain({ chainId: own.chainId, registry: own.registry });
  try {
    const digest = typedDataDigest(domain, hashConnectionCertificate(certificate));
    return own.recoverSigner(digest, signature) === certificate.node;
  } catch {
    // A signature that no key could have made certifies nothing.
    return false;
  }
}

async function authorisePeer(peer: PeerIdentity, parts: HandshakeParts): Promise<AuthorisedPeer> {
  const outcome = await parts.authorise(peer, parts.signal);
  if (outcome.kind === "refused") throw refuse("unauthorised", outcome.detail);
  return { ...peer, owner: outcome.owner };
}

function deriveKeys(own: KeyObject, peer: Hello, transcript: Transcript): { fromOpener: Buffer; fromAcceptor: Buffer } {
  const secret = agree(own, peer);
  const bytes = Buffer.from(hkdfSync("sha256", secret, transcript.digest(), "cortensor link frame keys", 64));
  return { fromOpener: bytes.subarray(0, 32), fromAcceptor: bytes.subarray(32) };
}

function agree(own: KeyObject, peer: Hello): Buffer {
  try {
    return diffieHellman({ privateKey: own, publicKey: publicKeyFromRaw("x25519", peer.ephemeral) });
  } catch (cause) {
    throw refuse("handshakeMalformed", cause instanceof Error ? cause.message : "the keys don't agree");
  }
}
