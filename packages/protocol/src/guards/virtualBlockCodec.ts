import { ByteReader } from "../byteReader.js";
import { bytesToHex, concatBytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import { BLOCK_ATTESTATIONS_MAX, BLOCK_CHAINS_MAX } from "../limits.js";
import { ZERO_BYTES32 } from "../primitives.js";
import { type Attestation, kindNumber, kindOfNumber } from "./attestation.js";
import {
  attestationsRootOf,
  type ChainRange,
  packChain,
  packHead,
  stateRootOf,
  VIRTUAL_BLOCK_VERSION,
  type VirtualBlock,
} from "./virtualBlock.js";

const WHAT = "virtual block";

/**
 * A virtual block's one encoding: the head (`packHead`) ‖ each chain's entry (`packChain`) ‖ each attestation: subjectChainId u64 ‖ kind u8 ‖
 * epoch u64 ‖ root 32. Throws PROTOCOL_BAD_RECORD for a block that contradicts itself.
 */
export function encodeVirtualBlock(block: VirtualBlock): Uint8Array {
  checkVirtualBlock(block);
  const writer = new ByteWriter();
  for (const range of block.chains) packChain(writer, range);
  for (const { subjectChainId, kind, epoch, root } of block.attestations) {
    writer.uint("subjectChainId", subjectChainId, 8).uint("kind", kindNumber(kind), 1);
    writer.uint("epoch", epoch, 8).hex(root, 32);
  }
  return concatBytes(packHead(block), writer.toBytes());
}

/** Reads a virtual block. Throws PROTOCOL_BAD_RECORD for bytes that `encodeVirtualBlock` wouldn't have written. */
export function decodeVirtualBlock(bytes: Uint8Array): VirtualBlock {
  const reader = new ByteReader(bytes, WHAT);
  if (reader.uint("version", 1) !== VIRTUAL_BLOCK_VERSION) reader.refuse("another version");
  const chainId = reader.uint("chainId", 8);
  const parentHash = reader.hex(32);
  const fromEpoch = reader.uint("fromEpoch", 8);
  const epoch = reader.uint("epoch", 8);
  const guardSetHash = reader.hex(32);
  const tasksOpened = reader.uint("tasksOpened", 4);
  const tasksClosed = reader.uint("tasksClosed", 4);
  const dutyCount = reader.uint("dutyCount", 4);
  const dutiesRoot = reader.hex(32);
  const chainCount = reader.uint("chains", 1);
  const stateRoot = reader.hex(32);
  const attestationCount = reader.uint("attestations", 2);
  const attestationsRoot = reader.hex(32);
  if (chainCount > BLOCK_CHAINS_MAX || attestationCount > BLOCK_ATTESTATIONS_MAX) reader.refuse("it holds too much");
  const chains = Array.from({ length: chainCount }, () => readChain(reader));
  const attestations = Array.from({ length: attestationCount }, () => readAttestation(reader));
  reader.end();
  if (stateRootOf(chains) !== stateRoot) reader.refuse("its state root is not of its chains");
  if (attestationsRootOf(attestations) !== attestationsRoot) reader.refuse("its attestations are others");
  const block: VirtualBlock = {
    ...{ chainId, parentHash, fromEpoch, epoch, guardSetHash },
    ...{ tasksOpened, tasksClosed, dutyCount, dutiesRoot, chains, attestations },
  };
  checkVirtualBlock(block);
  return block;
}

/** Throws PROTOCOL_BAD_RECORD for a block that no parent could make right: out of order, backwards, too large. */
export function checkVirtualBlock(block: VirtualBlock): void {
  const { chains, attestations } = block;
  if (block.fromEpoch > block.epoch) refuse("its epochs run backwards");
  if (chains.length === 0 || chains.length > BLOCK_CHAINS_MAX) refuse(`${chains.length} chains`);
  if (attestations.length > BLOCK_ATTESTATIONS_MAX) refuse(`${attestations.length} attestations`);
  if ((block.dutyCount === 0) !== (block.dutiesRoot === ZERO_BYTES32)) refuse("its duties' root is not of its duties");
  for (const [index, { chainId, fromBlock, toBlock }] of chains.entries()) {
    if (index > 0 && (chains[index - 1]?.chainId ?? 0) >= chainId) refuse("its chains are not each once, by id");
    if (toBlock < fromBlock - 1) refuse("its blocks run backwards");
  }
  let before = "";
  for (const attestation of attestations) {
    const key = attestationKey(attestation);
    if (key <= before) refuse("its attestations are not each once, in order");
    if (attestation.epoch > block.epoch) refuse("an attestation of an epoch to come");
    before = key;
  }
}

/** What a guard signs once: sorts as subject chain, kind, epoch. */
export function attestationKey({ subjectChainId, kind, epoch }: Attestation): string {
  const writer = new ByteWriter().uint("subjectChainId", subjectChainId, 8).uint("kind", kindNumber(kind), 1);
  return bytesToHex(writer.uint("epoch", epoch, 8).toBytes());
}

function readChain(reader: ByteReader): ChainRange {
  const chainId = reader.uint("chainId", 8);
  const fromBlock = reader.uint("fromBlock", 8);
  const toBlock = reader.uint("toBlock", 8);
  return { chainId, fromBlock, toBlock, blockHash: reader.hex(32), stateRoot: reader.hex(32) };
}

function readAttestation(reader: ByteReader): Attestation {
  const subjectChainId = reader.uint("subjectChainId", 8);
  const kind = kindOfNumber(reader.uint("kind", 1)) ?? reader.refuse("no such kind");
  return { subjectChainId, kind, epoch: reader.uint("epoch", 8), root: reader.hex(32) };
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: WHAT, reason });
}
