import { z } from "zod";
import { bytesToHex, keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import { bytes32Field, uint32Field, uint64Field } from "../jsonField.js";
import { MERKLE_PATH_MAX } from "../limits.js";
import { merkleTree, verifyMerklePath } from "../merkle.js";
import { type Bytes32, type Hex, isHex } from "../primitives.js";
import { ATTESTATION_KINDS, type Attestation, kindNumber } from "./attestation.js";
import { type EpochLeaves, packLeaves } from "./epochLeaves.js";
import { type EpochRoot, hashLeaf, hashRootParts, type RootParts } from "./epochRoot.js";

/** The largest leaf of any kind, a settlement's, has 128 bytes. */
const LEAF_BYTES_MAX = 128;
const WORD = 32;

/**
 * All that shows that one record stands in an anchor on the L1: the record as its root packs it, the way to what guards signed, and from there to
 * the anchor. Whoever has the anchor's root needs nobody else.
 */
export type AnchorProof = {
  /** Of the root that guards signed. */
  readonly parts: RootParts;
  /** The record, as `packLeaves` packs it. */
  readonly leaf: Hex;
  /** Siblings from the record up to `parts.merkleRoot`. */
  readonly path: readonly Bytes32[];
  /** Number of the anchor. */
  readonly anchor: number;
  /** Siblings from the attested root up to the anchor's. */
  readonly anchorPath: readonly Bytes32[];
};

export type AnchorFault = "record" | "anchor";

const pathField = z.array(bytes32Field).max(MERKLE_PATH_MAX);
const proofSchema = z.strictObject({
  parts: z.strictObject({
    subjectChainId: uint64Field,
    kind: z.enum(ATTESTATION_KINDS),
    fromEpoch: uint64Field,
    epoch: uint64Field,
    count: uint32Field,
    merkleRoot: bytes32Field,
  }),
  leaf: z.custom<Hex>((value) => isHex(value) && value.length <= 2 + 2 * LEAF_BYTES_MAX, "not the hex of a record"),
  path: pathField,
  anchor: uint64Field,
  anchorPath: pathField,
}) satisfies z.ZodType<AnchorProof>;

/** Reads a proof from parsed JSON, whose form is its own. Whether it holds is `anchorFault`'s to say. Throws PROTOCOL_BAD_DOCUMENT. */
export function parseAnchorProof(json: unknown): AnchorProof {
  const parsed = proofSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 16).map((one) => `${one.path.join(".")}: ${one.message}`);
  throw new ProtocolError({ code: "PROTOCOL_BAD_DOCUMENT", what: "anchor proof", issues });
}

/** The leaf of an attested root in an anchor's tree: `keccak256(chain id ‖ kind ‖ epoch ‖ root)`, a word each. */
export function anchorLeaf({ subjectChainId, kind, epoch, root }: Attestation): Bytes32 {
  const writer = new ByteWriter()
    .uint("subjectChainId", subjectChainId, WORD)
    .uint("kind", kindNumber(kind), WORD)
    .uint("epoch", epoch, WORD)
    .hex(root, WORD);
  return keccak256(writer.toBytes());
}

/** The root over what one anchor sends, in its order, and the way from each to it. Throws PROTOCOL_BAD_TREE for nothing. */
export function anchorTree(attestations: readonly Attestation[]): ReturnType<typeof merkleTree> {
  return merkleTree(attestations.map(anchorLeaf));
}

/** Proves one record of a root that stands in an anchor. Throws PROTOCOL_BAD_TREE for a place that the root hasn't. */
export function anchorProof(
  of: EpochLeaves,
  {
    root,
    index,
    anchor,
    anchorPath,
  }: { readonly root: EpochRoot; readonly index: number } & Pick<AnchorProof, "anchor" | "anchorPath">,
): AnchorProof {
  const leaf = packLeaves(of).map(bytesToHex).sort()[index];
  if (leaf === undefined) throw new ProtocolError({ code: "PROTOCOL_BAD_TREE", reason: "no such leaf" });
  return { parts: root.parts, leaf, path: root.pathOf(index), anchor, anchorPath };
}

/** What a proof fails by, against the root of its anchor: its record isn't in the root, or the root isn't in the anchor. Undefined where it holds. */
export function anchorFault(proof: AnchorProof, anchorRoot: Bytes32): AnchorFault | undefined {
  const { parts, leaf, path, anchorPath } = proof;
  if (parts.fromEpoch > parts.epoch) return "record";
  if (!verifyMerklePath(hashLeaf(parts.kind, leaf), path, parts.merkleRoot)) return "record";
  const { subjectChainId, kind, epoch } = parts;
  const attested = anchorLeaf({ subjectChainId, kind, epoch, root: hashRootParts(parts) });
  return verifyMerklePath(attested, anchorPath, anchorRoot) ? undefined : "anchor";
}
