import { bytesToHex, concatBytes, hexToBytes, keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import { leafHash, merkleTree } from "../merkle.js";
import { type Bytes32, type Hex, ZERO_BYTES32 } from "../primitives.js";
import { type AttestationKind, kindNumber } from "./attestation.js";
import { type EpochLeaves, LEAF_KEY_BYTES, packLeaves } from "./epochLeaves.js";

/** What a root is of: one kind of records, about one chain, of an epoch and of those before it that stayed without a root. */
export type RootRange = {
  readonly subjectChainId: number;
  /** First epoch covered; below `epoch` it names a gap. */
  readonly fromEpoch: number;
  readonly epoch: number;
};

/** What posting an attestation shows beside the signatures: a contract hashes it to the root that was signed. */
export type RootParts = RootRange & {
  readonly kind: AttestationKind;
  readonly count: number;
  /** Zero without leaves. */
  readonly merkleRoot: Bytes32;
};

/** A root that guards sign, and the way from each leaf to it. */
export type EpochRoot = {
  readonly root: Bytes32;
  readonly parts: RootParts;
  /** Leaf hashes in the order of the packed leaves. */
  readonly leaves: readonly Bytes32[];
  /** Siblings of a leaf from the leaf up, to `merkleRoot`. Throws PROTOCOL_BAD_TREE for none. */
  pathOf(index: number): readonly Bytes32[];
};

const TAG = "root-v1";

/**
 * The one root of an epoch's records of a kind, whatever order they come in: packed leaves ascending, each
 * `keccak256(keccak256(kind u8 ‖ packed))`, in a Merkle tree as `merkleTree` builds it. Throws PROTOCOL_BAD_RECORD for two leaves of one key, or
 * a range that runs backwards; PROTOCOL_BAD_TREE for too many leaves.
 */
export function epochRoot(range: RootRange, of: EpochLeaves): EpochRoot {
  const { kind } = of;
  const packed = packLeaves(of).map(bytesToHex).sort();
  const keyEnd = 2 + 2 * LEAF_KEY_BYTES[kind];
  for (const [index, leaf] of packed.entries()) {
    if (index > 0 && packed[index - 1]?.slice(0, keyEnd) === leaf.slice(0, keyEnd)) refuse("two leaves of one key");
  }
  const leaves = packed.map((leaf) => hashLeaf(kind, leaf));
  const tree = leaves.length === 0 ? undefined : merkleTree(leaves);
  const { subjectChainId, fromEpoch, epoch } = range;
  const merkleRoot = tree?.root ?? ZERO_BYTES32;
  const parts: RootParts = { subjectChainId, kind, fromEpoch, epoch, count: leaves.length, merkleRoot };
  return { root: hashRootParts(parts), parts, leaves, pathOf: (index) => tree?.pathOf(index) ?? noLeaf() };
}

/** `keccak256("root-v1" ‖ subjectChainId u64 ‖ kind u8 ‖ fromEpoch u64 ‖ epoch u64 ‖ count u32 ‖ merkleRoot)`. */
export function hashRootParts(parts: RootParts): Bytes32 {
  if (parts.fromEpoch > parts.epoch) refuse("a range that runs backwards");
  const writer = new ByteWriter()
    .tag(TAG)
    .uint("subjectChainId", parts.subjectChainId, 8)
    .uint("kind", kindNumber(parts.kind), 1)
    .uint("fromEpoch", parts.fromEpoch, 8)
    .uint("epoch", parts.epoch, 8)
    .uint("count", parts.count, 4)
    .hex(parts.merkleRoot, 32);
  return keccak256(writer.toBytes());
}

/** The hash of a leaf, from its bytes as `packLeaves` gives them. */
export function hashLeaf(kind: AttestationKind, packed: Hex): Bytes32 {
  const head = new ByteWriter().uint("kind", kindNumber(kind), 1).toBytes();
  return leafHash(keccak256(concatBytes(head, hexToBytes(packed))));
}

function noLeaf(): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_TREE", reason: "no such leaf" });
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: "epoch root", reason });
}
