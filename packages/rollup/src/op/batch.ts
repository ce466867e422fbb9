import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Hex } from "@cortensor/protocol";
import { bytesToHex, fromRlp, hexToBytes, isHex, size, toRlp } from "viem";
import { BATCH_BLOCKS_MAX, BATCH_INFLATED_BYTES_MAX, BLOCK_TRANSACTIONS_MAX } from "./opLimits.js";

/** The one version there is. */
const VERSION = 0;

/** What a sequencer decides about a block. Everything else follows from it and from the parent. */
export type BlockInput = {
  readonly timestamp: number;
  readonly baseFeeWei: bigint;
  readonly coinbase: Hex;
  /** The parent's block up to which deposits count. */
  readonly origin: { readonly number: number; readonly hash: Hex };
  /** Signed transactions of others, behind the deposits. */
  readonly transactions: readonly Hex[];
};

export type Batch = {
  /** The first block's number, and the hash of the block before it. */
  readonly first: number;
  readonly before: Hex;
  readonly blocks: readonly BlockInput[];
};

/** A batch as the parent holds it: a byte of version, then RLP, deflated. */
export function encodeBatch({ first, before, blocks }: Batch): Hex {
  const rlp = toRlp([number(first), before, blocks.map(encodeBlock)], "bytes");
  return bytesToHex(Uint8Array.from([VERSION, ...deflateRawSync(rlp)]));
}

/** Undefined for what is no batch: anybody's calldata may look like one. */
export function decodeBatch(data: Hex): Batch | undefined {
  const bytes = hexToBytes(data);
  if (bytes[0] !== VERSION) return undefined;
  try {
    const [first, before, blocks, ...rest] = list(fromRlp(inflate(bytes.subarray(1)), "hex"));
    if (rest.length > 0) return undefined;
    const batch = { first: readNumber(first), before: readHash(before), blocks: list(blocks).map(decodeBlock) };
    return batch.blocks.length > 0 && batch.blocks.length <= BATCH_BLOCKS_MAX ? batch : undefined;
  } catch {
    return undefined;
  }
}

export function encodeBlock({ timestamp, baseFeeWei, coinbase, origin, transactions }: BlockInput): Rlp {
  return [number(timestamp), number(baseFeeWei), coinbase, number(origin.number), origin.hash, [...transactions]];
}

/** Throws for what is no block. */
export function decodeBlock(rlp: Rlp | undefined): BlockInput {
  const [timestamp, baseFee, coinbase, originNumber, originHash, transactions, ...rest] = list(rlp);
  const raws = list(transactions).map(text);
  if (rest.length > 0 || raws.length > BLOCK_TRANSACTIONS_MAX) throw new RangeError("not a block");
  return {
    timestamp: readNumber(timestamp),
    baseFeeWei: readQuantity(baseFee),
    coinbase: sized(coinbase, 20),
    origin: { number: readNumber(originNumber), hash: readHash(originHash) },
    transactions: raws,
  };
}

/** Bytes that a block's transactions have in a batch, before it is deflated. */
export function blockBytes(transactions: readonly Hex[]): number {
  return transactions.reduce((bytes, raw) => bytes + size(raw) + 4, 0);
}

export type Rlp = Hex | readonly Rlp[];

function inflate(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(inflateRawSync(bytes, { maxOutputLength: BATCH_INFLATED_BYTES_MAX }));
}

function number(value: number | bigint): Hex {
  if (BigInt(value) === 0n) return "0x";
  const digits = value.toString(16);
  return `0x${digits.length % 2 === 0 ? digits : `0${digits}`}`;
}

function list(rlp: Rlp | undefined): readonly Rlp[] {
  if (rlp === undefined || typeof rlp === "string") throw new RangeError("not a list");
  return rlp;
}

function text(rlp: Rlp | undefined): Hex {
  if (!isHex(rlp)) throw new RangeError("not bytes");
  return rlp;
}

/** In the one form that has no leading zeros. */
function readQuantity(rlp: Rlp | undefined): bigint {
  const bytes = text(rlp);
  if (bytes.startsWith("0x00") || size(bytes) > 32) throw new RangeError("not a number");
  return bytes === "0x" ? 0n : BigInt(bytes);
}

function readNumber(rlp: Rlp | undefined): number {
  const value = readQuantity(rlp);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError("a number above 2^53");
  return Number(value);
}

function sized(rlp: Rlp | undefined, bytes: number): Hex {
  const value = text(rlp);
  if (size(value) !== bytes) throw new RangeError(`not ${bytes} bytes`);
  return value;
}

function readHash(rlp: Rlp | undefined): Hex {
  return sized(rlp, 32);
}
