import type { Hex } from "@cortensor/protocol";
import { concatHex, decodeAbiParameters, encodePacked, keccak256, size } from "viem";
import { getSourceHash, opaqueDataToDepositData, serializeTransaction } from "viem/op-stack";
import { DEPOSIT_GAS_MAX } from "./opLimits.js";
import { L1_BLOCK } from "./predeploys.js";

/** `TransactionDeposited(address,address,uint256,bytes)`. */
export const DEPOSITED_TOPIC: Hex = "0xb3813568d9991fc951961fcb4c784893574240a28925604d09fc577c55bb7c32";
/** Who tells a chain of its parent's blocks. Nobody has its key. */
const DEPOSITOR: Hex = "0xdeaddeaddeaddeaddeaddeaddeaddeaddead0001";
const ATTRIBUTES_GAS = 1_000_000n;
/** `setL1BlockValuesEcotone()`. */
const ATTRIBUTES_SELECTOR: Hex = "0x440a5e20";

/** A deposit as it stands in the parent. */
export type Deposit = {
  /** The parent's block it came in. */
  readonly origin: number;
  readonly from: Hex;
  readonly mint: bigint;
  readonly gas: bigint;
  readonly sourceHash: Hex;
  /** The transaction of type 0x7e that it is on the chain. */
  readonly raw: Hex;
};

export type DepositLog = {
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly logIndex: number;
};

/** Reads the portal's event. Undefined for one of a version that isn't known: such a deposit does nothing, as in the OP Stack's own derivation. */
export function readDeposit(
  log: DepositLog,
  block: { readonly number: number; readonly hash: Hex },
): Deposit | undefined {
  const [topic, from, to, version] = log.topics;
  if (topic !== DEPOSITED_TOPIC || from === undefined || to === undefined || BigInt(version ?? 1) !== 0n)
    return undefined;
  const [opaque] = decodeAbiParameters([{ type: "bytes" }], log.data);
  const { mint, value, gas, isCreation, data } = opaqueDataToDepositData(opaque);
  const sourceHash = getSourceHash({ domain: "userDeposit", l1BlockHash: block.hash, l1LogIndex: log.logIndex });
  const sender = addressOf(from);
  const raw = serializeTransaction({
    type: "deposit",
    sourceHash,
    from: sender,
    ...(isCreation ? {} : { to: addressOf(to) }),
    mint,
    value,
    gas,
    isSystemTx: false,
    data,
  });
  return { origin: block.number, from: sender, mint, gas, sourceHash, raw };
}

/** What is left of a deposit that the machine won't take: its money, without its call. A deposit whose call fails comes to the same. */
export function mintOnly({ sourceHash, from, mint }: Deposit): Hex {
  return serializeTransaction({
    type: "deposit",
    sourceHash,
    from,
    to: from,
    mint,
    value: 0n,
    gas: 0n,
    isSystemTx: false,
    data: "0x",
  });
}

/** The hash of a transaction, whichever its type. */
export function transactionHash(raw: Hex): Hex {
  return keccak256(raw);
}

/**
 * How many of the deposits that wait, oldest first, the next block takes: the machine takes one of a sender, and gas is bounded. Everybody who derives
 * the chain counts alike.
 */
export function countDeposits(waiting: readonly Deposit[]): number {
  const senders = new Set<Hex>();
  let gas = 0n;
  for (const [index, deposit] of waiting.entries()) {
    gas += deposit.gas;
    if (senders.has(deposit.from) || (index > 0 && gas > DEPOSIT_GAS_MAX)) return index;
    senders.add(deposit.from);
  }
  return waiting.length;
}

export type ParentHead = {
  readonly number: number;
  readonly hash: Hex;
  readonly timestamp: number;
  readonly baseFeeWei: bigint;
};

/** The first transaction of every block: where the parent is, for `L1Block`. */
export function attributesTransaction(origin: ParentHead, sequenceNumber: number, batcher: Hex): Hex {
  const data = concatHex([
    ATTRIBUTES_SELECTOR,
    encodePacked(
      ["uint32", "uint32", "uint64", "uint64", "uint64", "uint256", "uint256", "bytes32", "uint256"],
      [
        0,
        0,
        BigInt(sequenceNumber),
        BigInt(origin.timestamp),
        BigInt(origin.number),
        origin.baseFeeWei,
        1n,
        origin.hash,
        BigInt(batcher),
      ],
    ),
  ]);
  const sourceHash = getSourceHash({ domain: "l1InfoDeposit", l1BlockHash: origin.hash, sequenceNumber });
  const from = DEPOSITOR;
  return serializeTransaction({
    type: "deposit",
    sourceHash,
    from,
    to: L1_BLOCK,
    value: 0n,
    gas: ATTRIBUTES_GAS,
    isSystemTx: false,
    data,
  });
}

function addressOf(topic: Hex): Hex {
  if (size(topic) !== 32) throw new RangeError("a topic has 32 bytes");
  return `0x${topic.slice(26).toLowerCase()}`;
}
