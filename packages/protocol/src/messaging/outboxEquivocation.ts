import { ByteReader } from "../byteReader.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import { recoverCompact } from "../guards/compactSignature.js";
import { type Address, type Bytes32, type Hex, isBytes32 } from "../primitives.js";
import type { MessageWay } from "./message.js";
import { outboxDigest } from "./outbox.js";

/** A guard's 64-byte signature of an outbox's root. */
export type SignedOutbox = { readonly root: Bytes32; readonly signature: Hex };

/** Two roots that one guard signed for one epoch of one way's outbox, with all that it takes to see it. */
export type OutboxEquivocation = {
  readonly way: MessageWay;
  readonly epoch: number;
  /** The lower root first, so that there is one proof of one pair. */
  readonly roots: readonly [Bytes32, Bytes32];
  readonly signatures: readonly [Hex, Hex];
};

const WHAT = "outbox equivocation";

/** The proof that two signed outboxes make. Throws PROTOCOL_BAD_RECORD when they make none, saying why. */
export function outboxEquivocationOf(
  of: { readonly way: MessageWay; readonly epoch: number },
  one: SignedOutbox,
  two: SignedOutbox,
): OutboxEquivocation {
  const [low, high] = one.root < two.root ? [one, two] : [two, one];
  const proof: OutboxEquivocation = {
    way: of.way,
    epoch: of.epoch,
    roots: [low.root, high.root],
    signatures: [low.signature, high.signature],
  };
  outboxEquivocatorOf(proof);
  return proof;
}

/** Who signed both. Throws PROTOCOL_BAD_RECORD or PROTOCOL_BAD_SIGNATURE for a proof that shows nothing. */
export function outboxEquivocatorOf({ way, epoch, roots, signatures }: OutboxEquivocation): Address {
  if (!roots.every(isBytes32)) refuse("a root that is no word in lower case");
  if (roots[0] === roots[1]) refuse("one root");
  if (roots[0] > roots[1]) refuse("the higher root first");
  const signerOf = (root: Bytes32, signature: Hex) => recoverCompact(outboxDigest(way, { epoch, root }), signature);
  const signer = signerOf(roots[0], signatures[0]);
  if (signer !== signerOf(roots[1], signatures[1])) refuse("two signers");
  return signer;
}

/** dst u64 ‖ dstMessenger 20 ‖ src u64 ‖ srcMessenger 20 ‖ epoch u64 ‖ lower root 32 ‖ higher root 32 ‖ their signatures 64 each: 256 bytes. */
export function encodeOutboxEquivocation({ way, epoch, roots, signatures }: OutboxEquivocation): Uint8Array {
  return new ByteWriter()
    .uint("dst", way.dst, 8)
    .hex(way.dstMessenger, 20)
    .uint("src", way.src, 8)
    .hex(way.srcMessenger, 20)
    .uint("epoch", epoch, 8)
    .hex(roots[0], 32)
    .hex(roots[1], 32)
    .hex(signatures[0], 64)
    .hex(signatures[1], 64)
    .toBytes();
}

/** Reads a proof, and checks it: see `outboxEquivocatorOf`. */
export function decodeOutboxEquivocation(bytes: Uint8Array): OutboxEquivocation {
  const reader = new ByteReader(bytes, WHAT);
  const dst = reader.uint("dst", 8);
  const dstMessenger = reader.hex(20);
  const src = reader.uint("src", 8);
  const way = { src, srcMessenger: reader.hex(20), dst, dstMessenger };
  const epoch = reader.uint("epoch", 8);
  const roots = [reader.hex(32), reader.hex(32)] as const;
  const signatures = [reader.hex(64), reader.hex(64)] as const;
  reader.end();
  const proof = { way, epoch, roots, signatures };
  outboxEquivocatorOf(proof);
  return proof;
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: WHAT, reason });
}
