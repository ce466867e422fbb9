import { keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import { leafHash, merkleTree } from "../merkle.js";
import { type Bytes32, type UnixSeconds, ZERO_BYTES32 } from "../primitives.js";
import { SOLANA_VERDICTS_MAX } from "./limits.js";
import { SOLANA_DEPOSITS_KIND } from "./solanaDeposit.js";

/** What guards find of an answer. The program's number is the place, counted from 1. */
export const SOLANA_VERDICTS = ["attested", "refused"] as const;
export type SolanaVerdictKind = (typeof SOLANA_VERDICTS)[number];

/** Guards' word on what one miner committed to. An account's address may hold another task later: its opening tells them apart. */
export type SolanaVerdict = {
  /** The task's account. */
  readonly task: Bytes32;
  readonly openedAt: UnixSeconds;
  readonly resultHash: Bytes32;
  readonly verdict: SolanaVerdictKind;
};

/** What a root of verdicts is of: one hub, up to an epoch's cut-off, and whom this set hands its word to. */
export type SolanaVerdictsHead = {
  /** The hub's account: one for each network. */
  readonly hub: Bytes32;
  readonly epoch: number;
  /** Hash of the set that may take over: `guardSetHash`. */
  readonly nextSetHash: Bytes32;
};

/** The root that guards sign, and the way from each verdict to its tree's. */
export type SolanaVerdictsRoot = {
  readonly root: Bytes32;
  readonly count: number;
  /** Zero without verdicts: then the root only names the next set. */
  readonly merkleRoot: Bytes32;
  /** Siblings of a verdict's leaf. Throws PROTOCOL_BAD_TREE for one that isn't there. */
  pathOf(verdict: SolanaVerdict): readonly Bytes32[];
};

const HUB_TAG = "solana-hub-v1";
const ROOT_TAG = "solana-hub-root-v1";
const VERDICT_TAG = "solana-verdict-v1";
const ID_BITS = 52n;

/**
 * The number by which attestations name a hub, of the kind that deposits have: `2^52 + (keccak256("solana-hub-v1" ‖ genesisHash ‖ hub) mod 2^52)`.
 */
export function solanaHubId(genesisHash: Bytes32, hub: Bytes32): number {
  const hash = keccak256(new ByteWriter().tag(HUB_TAG).hex(genesisHash, 32).hex(hub, 32).toBytes());
  return Number((1n << ID_BITS) + BigInt.asUintN(Number(ID_BITS), BigInt(hash)));
}

/** `keccak256(keccak256(7 u8 ‖ "solana-verdict-v1" ‖ task ‖ openedAt u64 ‖ resultHash ‖ verdict u8))`. */
export function solanaVerdictLeaf({ task, openedAt, resultHash, verdict }: SolanaVerdict): Bytes32 {
  const writer = new ByteWriter().uint("kind", SOLANA_DEPOSITS_KIND, 1).tag(VERDICT_TAG).hex(task, 32);
  const place = 1 + SOLANA_VERDICTS.indexOf(verdict);
  writer.uint("openedAt", openedAt, 8).hex(resultHash, 32).uint("verdict", place, 1);
  return leafHash(keccak256(writer.toBytes()));
}

/**
 * The one root of an epoch's verdicts, whatever order they come in: `keccak256("solana-hub-root-v1" ‖ hub ‖ epoch u64 ‖ count u32 ‖ merkleRoot ‖ nextSetHash)`.
 * Throws PROTOCOL_BAD_RECORD for two of one task, or more than SOLANA_VERDICTS_MAX.
 */
export function solanaVerdictsRoot(head: SolanaVerdictsHead, verdicts: readonly SolanaVerdict[]): SolanaVerdictsRoot {
  if (verdicts.length > SOLANA_VERDICTS_MAX) refuse("too many verdicts");
  if (new Set(verdicts.map(({ task }) => task)).size !== verdicts.length) refuse("two verdicts on one task");
  const leaves = verdicts.map(solanaVerdictLeaf).sort();
  const tree = leaves.length === 0 ? undefined : merkleTree(leaves);
  const merkleRoot = tree?.root ?? ZERO_BYTES32;
  const writer = new ByteWriter().tag(ROOT_TAG).hex(head.hub, 32).uint("epoch", head.epoch, 8);
  writer.uint("count", leaves.length, 4).hex(merkleRoot, 32).hex(head.nextSetHash, 32);
  return {
    root: keccak256(writer.toBytes()),
    count: leaves.length,
    merkleRoot,
    pathOf: (verdict) => tree?.pathOf(leaves.indexOf(solanaVerdictLeaf(verdict))) ?? noLeaf(),
  };
}

function noLeaf(): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_TREE", reason: "no such leaf" });
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: "solana verdicts root", reason });
}
