import { bytesToHex, keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import { merkleTree } from "../merkle.js";
import { type Bytes32, ZERO_BYTES32 } from "../primitives.js";
import { SOLANA_DEPOSITS_MAX } from "./limits.js";
import {
  hashPackedDeposit,
  packSolanaDeposit,
  SOLANA_DEPOSIT_KEY_BYTES,
  SOLANA_DEPOSITS_KIND,
  type SolanaDeposit,
  solanaChainId,
} from "./solanaDeposit.js";

/** What a root of deposits is of: one cluster's, of an epoch and of those before it that stayed without a root. */
export type SolanaDepositsRange = {
  readonly genesisHash: Bytes32;
  readonly fromEpoch: number;
  readonly epoch: number;
};

/** The root that guards sign as an attestation's, and the way from each leaf to its tree's. */
export type SolanaDepositsRoot = {
  readonly root: Bytes32;
  readonly subjectChainId: number;
  readonly count: number;
  /** Zero without deposits. */
  readonly merkleRoot: Bytes32;
  /** Leaf hashes in the order of the packed deposits. */
  readonly leaves: readonly Bytes32[];
  /** Siblings of a leaf from the leaf up. Throws PROTOCOL_BAD_TREE for none. */
  pathOf(index: number): readonly Bytes32[];
};

/**
 * The one root of an epoch's deposits, whatever order they come in, built as `epochRoot` builds the others'. Throws PROTOCOL_BAD_RECORD for two of one
 * place, one of another cluster, more than SOLANA_DEPOSITS_MAX, or a range that runs backwards.
 */
export function solanaDepositsRoot(
  { genesisHash, fromEpoch, epoch }: SolanaDepositsRange,
  deposits: readonly SolanaDeposit[],
): SolanaDepositsRoot {
  if (fromEpoch > epoch) refuse("a range that runs backwards");
  if (deposits.length > SOLANA_DEPOSITS_MAX) refuse("too many deposits");
  if (deposits.some((deposit) => deposit.genesisHash !== genesisHash)) refuse("a deposit of another cluster");
  const packed = deposits.map((deposit) => bytesToHex(packSolanaDeposit(deposit))).sort();
  const keyEnd = 2 + 2 * SOLANA_DEPOSIT_KEY_BYTES;
  for (const [index, leaf] of packed.entries()) {
    if (index > 0 && packed[index - 1]?.slice(0, keyEnd) === leaf.slice(0, keyEnd)) refuse("two deposits of one place");
  }
  const leaves = packed.map(hashPackedDeposit);
  const tree = leaves.length === 0 ? undefined : merkleTree(leaves);
  const merkleRoot = tree?.root ?? ZERO_BYTES32;
  const subjectChainId = solanaChainId(genesisHash);
  const writer = new ByteWriter()
    .tag("root-v1")
    .uint("subjectChainId", subjectChainId, 8)
    .uint("kind", SOLANA_DEPOSITS_KIND, 1)
    .uint("fromEpoch", fromEpoch, 8)
    .uint("epoch", epoch, 8)
    .uint("count", leaves.length, 4)
    .hex(merkleRoot, 32);
  return {
    root: keccak256(writer.toBytes()),
    subjectChainId,
    count: leaves.length,
    merkleRoot,
    leaves,
    pathOf: (index) => tree?.pathOf(index) ?? noLeaf(),
  };
}

function noLeaf(): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_TREE", reason: "no such leaf" });
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: "solana deposits root", reason });
}
