import { bytesToHex, hexToBytes, keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { leafHash, merkleRoot } from "../merkle.js";
import { type Address, type Bytes32, ZERO_BYTES32 } from "../primitives.js";
import { type Attestation, hashAttestation } from "./attestation.js";

/** A chain's part of a virtual block: which of its blocks, and where it was at the last of them. */
export type ChainRange = {
  readonly chainId: number;
  readonly fromBlock: number;
  /** `fromBlock − 1` when the chain made none; hash and state root are then still those of that block. */
  readonly toBlock: number;
  readonly blockHash: Bytes32;
  readonly stateRoot: Bytes32;
};

/** A duty, and whether it was done. */
export type DutyRecord = {
  readonly validator: Address;
  readonly taskId: Bytes32;
  /** In which it was drawn. */
  readonly epoch: number;
  readonly isDone: boolean;
};

/** What happened in an epoch, and in those before it that have no virtual block of their own. Anybody computes the same from public records. */
export type VirtualBlock = {
  /** The network: the chain that its guards post to. */
  readonly chainId: number;
  /** Zero for the first one. */
  readonly parentHash: Bytes32;
  /** First epoch covered: the one after the parent's. Below `epoch` it names a gap. */
  readonly fromEpoch: number;
  readonly epoch: number;
  /** Of `epoch`. */
  readonly guardSetHash: Bytes32;
  readonly tasksOpened: number;
  readonly tasksClosed: number;
  readonly dutyCount: number;
  /** Merkle root of the duties; zero without any. */
  readonly dutiesRoot: Bytes32;
  /** By chain id. */
  readonly chains: readonly ChainRange[];
  /** That were posted in the range: by subject chain, kind, epoch. */
  readonly attestations: readonly Attestation[];
};

const CHAIN_TAG = "chain-v1";
const DUTY_TAG = "duty-v1";
export const VIRTUAL_BLOCK_VERSION = 1;

/** The epochs that a virtual block covers without their having had one: from, and up to and with. */
export function gapOf({ fromEpoch, epoch }: VirtualBlock): { readonly from: number; readonly to: number } | undefined {
  return fromEpoch === epoch ? undefined : { from: fromEpoch, to: epoch - 1 };
}

/** Merkle root over the chains in order, each `leafHash(keccak256("chain-v1" ‖ its entry as encoded))`. */
export function stateRootOf(chains: readonly ChainRange[]): Bytes32 {
  return rootOf(chains.map((range) => keccak256(packChain(new ByteWriter().tag(CHAIN_TAG), range).toBytes())));
}

/** Merkle root over attestations in order, each `leafHash` of its struct hash. */
export function attestationsRootOf(attestations: readonly Attestation[]): Bytes32 {
  return rootOf(attestations.map(hashAttestation));
}

/** Merkle root over duties, packed `validator ‖ taskId ‖ epoch u64 ‖ isDone u8`, ascending: `leafHash(keccak256("duty-v1" ‖ packed))`. */
export function dutiesRootOf(duties: readonly DutyRecord[]): Bytes32 {
  const packed = duties.map(({ validator, taskId, epoch, isDone }) => {
    const writer = new ByteWriter().tag(DUTY_TAG).hex(validator, 20).hex(taskId, 32).uint("epoch", epoch, 8);
    return writer.uint("isDone", isDone ? 1 : 0, 1).toBytes();
  });
  return rootOf(
    packed
      .map(bytesToHex)
      .sort()
      .map((duty) => keccak256(hexToBytes(duty))),
  );
}

/** A chain's entry: chainId u64 ‖ fromBlock u64 ‖ toBlock u64 ‖ blockHash 32 ‖ stateRoot 32. */
export function packChain(writer: ByteWriter, range: ChainRange): ByteWriter {
  return writer
    .uint("chainId", range.chainId, 8)
    .uint("fromBlock", range.fromBlock, 8)
    .uint("toBlock", range.toBlock, 8)
    .hex(range.blockHash, 32)
    .hex(range.stateRoot, 32);
}

/**
 * The head, 200 bytes: version u8 = 1 ‖ chainId u64 ‖ parentHash 32 ‖ fromEpoch u64 ‖ epoch u64 ‖ guardSetHash 32 ‖ tasksOpened u32 ‖
 * tasksClosed u32 ‖ dutyCount u32 ‖ dutiesRoot 32 ‖ chain count u8 ‖ stateRoot 32 ‖ attestation count u16 ‖ attestations' root 32.
 */
export function packHead(block: VirtualBlock): Uint8Array {
  return new ByteWriter()
    .uint("version", VIRTUAL_BLOCK_VERSION, 1)
    .uint("chainId", block.chainId, 8)
    .hex(block.parentHash, 32)
    .uint("fromEpoch", block.fromEpoch, 8)
    .uint("epoch", block.epoch, 8)
    .hex(block.guardSetHash, 32)
    .uint("tasksOpened", block.tasksOpened, 4)
    .uint("tasksClosed", block.tasksClosed, 4)
    .uint("dutyCount", block.dutyCount, 4)
    .hex(block.dutiesRoot, 32)
    .uint("chains", block.chains.length, 1)
    .hex(stateRootOf(block.chains), 32)
    .uint("attestations", block.attestations.length, 2)
    .hex(attestationsRootOf(block.attestations), 32)
    .toBytes();
}

/** keccak256 of the head: what the next one names as its parent. Whoever has the head alone can be shown any chain or attestation in it. */
export function virtualBlockHash(block: VirtualBlock): Bytes32 {
  return keccak256(packHead(block));
}

function rootOf(structHashes: readonly Bytes32[]): Bytes32 {
  return structHashes.length === 0 ? ZERO_BYTES32 : merkleRoot(structHashes.map(leafHash));
}
