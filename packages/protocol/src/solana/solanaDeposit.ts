import { bytesToHex, hexToBytes, keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { ProtocolError } from "../errors.js";
import { leafHash } from "../merkle.js";
import type { Bytes32, Hex } from "../primitives.js";
import { COR_DECIMALS, SOLANA_INSTRUCTIONS_MAX, SPL_AMOUNT_MAX } from "./limits.js";
import type { DepositRecord } from "./solanaRecord.js";

/** One instruction of one transaction of one cluster: no two deposits share it, whatever else they have in common. */
export type SolanaPlace = {
  /** Hash of the cluster's first block, which names it. */
  readonly genesisHash: Bytes32;
  /** The transaction's first signature: 64 bytes. */
  readonly signature: Hex;
  /** Index of the transfer among the transaction's top-level instructions. */
  readonly instruction: number;
};

/** A finalised transfer into a vault, and whom its memo names. Keys are 32 bytes. */
export type SolanaDeposit = SolanaPlace & {
  readonly vault: Bytes32;
  readonly mint: Bytes32;
  /** In the mint's smallest unit. */
  readonly amount: bigint;
} & Omit<DepositRecord, "kind">;

const ID_TAG = "solana-deposit-v1";
const CHAIN_TAG = "solana-chain-v1";
/** Number of the kind among what guards attest: see `ATTESTATION_KINDS`, whose numbers end below it. */
export const SOLANA_DEPOSITS_KIND = 7;
/** Bytes at the front of a packed deposit that no two share: its place. */
export const SOLANA_DEPOSIT_KEY_BYTES = 97;
const TARGETS = { session: 0, wallet: 1 } as const;
const CHAIN_ID_BITS = 52n;

/** `keccak256("solana-deposit-v1" ‖ genesisHash ‖ signature ‖ instruction u8)`: what a contract remembers, so that it credits a deposit once. */
export function solanaDepositId(place: SolanaPlace): Bytes32 {
  return keccak256(writePlace(new ByteWriter().tag(ID_TAG), place).toBytes());
}

/**
 * `genesisHash ‖ signature 64 ‖ instruction u8 ‖ vault ‖ mint ‖ amount u64 ‖ chainId u64 ‖ network 20 ‖ target kind u8 ‖ target 20 ‖ nonce u64`. A session
 * is kind 0, its index in 20 bytes; a wallet kind 1, its address.
 */
export function packSolanaDeposit(deposit: SolanaDeposit): Uint8Array {
  const { to } = deposit;
  if (deposit.amount <= 0n) refuse("a deposit of nothing");
  const writer = writePlace(new ByteWriter(), deposit)
    .hex(deposit.vault, 32)
    .hex(deposit.mint, 32)
    .uint("amount", deposit.amount, 8)
    .uint("chainId", deposit.chainId, 8)
    .hex(deposit.network, 20)
    .uint("target kind", TARGETS[to.kind], 1);
  if (to.kind === "session") writer.uint("account", BigInt(to.account), 20);
  else writer.hex(to.address, 20);
  return writer.uint("nonce", deposit.nonce, 8).toBytes().slice();
}

/** A deposit's leaf: `keccak256(keccak256(7 u8 ‖ packed))`, as other kinds of records have it. */
export function solanaDepositLeaf(deposit: SolanaDeposit): Bytes32 {
  return hashPackedDeposit(bytesToHex(packSolanaDeposit(deposit)));
}

/** The same, of bytes as `packSolanaDeposit` gives them. */
export function hashPackedDeposit(packed: Hex): Bytes32 {
  const writer = new ByteWriter().uint("kind", SOLANA_DEPOSITS_KIND, 1).bytes(hexToBytes(packed));
  return leafHash(keccak256(writer.toBytes()));
}

/**
 * The number by which attestations name a cluster, which has no chain id: `2^52 + (keccak256("solana-chain-v1" ‖ genesisHash) mod 2^52)`. Above any
 * EVM chain's in use, and exact in a double.
 */
export function solanaChainId(genesisHash: Bytes32): number {
  const hash = keccak256(new ByteWriter().tag(CHAIN_TAG).hex(genesisHash, 32).toBytes());
  return Number((1n << CHAIN_ID_BITS) + BigInt.asUintN(Number(CHAIN_ID_BITS), BigInt(hash)));
}

/** What a deposit credits: exactly its amount, in the EVM token's decimals. Throws PROTOCOL_OUT_OF_RANGE. */
export function solanaCreditWei(amount: bigint, decimals: number): bigint {
  if (!Number.isInteger(decimals) || decimals < 0 || decimals > COR_DECIMALS) range("decimals", decimals, COR_DECIMALS);
  if (amount < 0n || amount > SPL_AMOUNT_MAX) range("amount", amount, SPL_AMOUNT_MAX);
  return amount * 10n ** BigInt(COR_DECIMALS - decimals);
}

function writePlace(writer: ByteWriter, { genesisHash, signature, instruction }: SolanaPlace): ByteWriter {
  if (instruction >= SOLANA_INSTRUCTIONS_MAX) range("instruction", instruction, SOLANA_INSTRUCTIONS_MAX - 1);
  return writer.hex(genesisHash, 32).hex(signature, 64).uint("instruction", instruction, 1);
}

function range(field: string, value: number | bigint, most: number | bigint): never {
  throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field, value: String(value), range: `0…${most}` });
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: "solana deposit", reason });
}
