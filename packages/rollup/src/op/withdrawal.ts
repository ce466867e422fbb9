import type { Hex } from "@cortensor/protocol";
import { concatHex, decodeFunctionResult, encodeFunctionData, keccak256, numberToHex } from "viem";
import { getWithdrawalHashStorageSlot, getWithdrawals } from "viem/op-stack";
import { z } from "zod";
import { hash, hexText, type JsonRpc, smallQuantity } from "./jsonRpc.js";
import { LAST_STATE_ABI } from "./lastStateAbi.js";
import { OUTPUT_ORACLE_ABI, PORTAL_ABI } from "./opAbi.js";
import type { OpChain } from "./opChain.js";
import { OpError } from "./opError.js";
import { MESSAGE_PASSER } from "./predeploys.js";

/** What was sent from the chain to its parent. */
export type Withdrawal = {
  readonly nonce: bigint;
  readonly sender: Hex;
  readonly target: Hex;
  readonly value: bigint;
  readonly gasLimit: bigint;
  readonly data: Hex;
  readonly withdrawalHash: Hex;
  /** The block it was sent in. */
  readonly blockNumber: number;
};

/** What of a chain says where its outputs stand. */
export type OutputPlace = Pick<OpChain, "lastState" | "outputBlocks"> & {
  readonly contracts: Pick<OpChain["contracts"], "l2OutputOracle">;
};

export type ProvenAt = { readonly index: bigint; readonly number: number };

const logsSchema = z.array(
  z.object({
    address: hexText,
    topics: z.array(hexText),
    data: hexText,
    blockNumber: hexText,
    blockHash: hexText,
    transactionHash: hexText,
    transactionIndex: smallQuantity,
    logIndex: smallQuantity,
  }),
);
const receipt = z.object({ blockNumber: smallQuantity, logs: logsSchema }).nullable();
const header = z.object({ hash, stateRoot: hash });
const proofSchema = z.object({ storageHash: hash, storageProof: z.array(z.object({ proof: z.array(hexText) })) });

/** What a transaction of the chain sent to the parent, in its order. Throws ROLLUP_NO_WITHDRAWAL where it sent nothing. */
export async function readWithdrawals(chainRpc: JsonRpc, txHash: Hex): Promise<readonly Withdrawal[]> {
  const got = await chainRpc.ask(receipt, "eth_getTransactionReceipt", txHash);
  const logs = (got?.logs ?? []).map(({ topics, blockNumber, ...log }) => {
    const [first, ...others] = topics;
    const named: [Hex, ...Hex[]] | [] = first === undefined ? [] : [first, ...others];
    return { ...log, topics: named, blockNumber: BigInt(blockNumber), removed: false };
  });
  const found = getWithdrawals({ logs });
  if (got === null || found.length === 0) throw new OpError({ code: "ROLLUP_NO_WITHDRAWAL", txHash });
  return found.map((withdrawal) => ({ ...withdrawal, blockNumber: got.blockNumber }));
}

/**
 * The newest output of a block, where a withdrawal can be proved by it; undefined while there is none. An older one is final no earlier for a proof that is made
 * now, and the chain may no longer have its state. What stands behind the last state is no block's: each such output pays one account's coins.
 */
export async function findOutput(
  parentRpc: JsonRpc,
  chain: OutputPlace,
  blockNumber: number,
): Promise<ProvenAt | undefined> {
  const index = (await findLastIndex(parentRpc, chain)) ?? (await readNextIndex(parentRpc, chain)) - 1n;
  const number = Number(index + 1n) * chain.outputBlocks;
  return index >= 0n && number >= blockNumber ? { index, number } : undefined;
}

async function readNextIndex(parentRpc: JsonRpc, { contracts }: OutputPlace): Promise<bigint> {
  const ask = { abi: OUTPUT_ORACLE_ABI, functionName: "nextOutputIndex" } as const;
  return decodeFunctionResult({
    ...ask,
    data: await call(parentRpc, contracts.l2OutputOracle, encodeFunctionData(ask)),
  });
}

/** The output that was fixed as a chain's last, -1 where it had none; undefined while none is fixed. */
async function findLastIndex(parentRpc: JsonRpc, { lastState }: OutputPlace): Promise<bigint | undefined> {
  if (lastState === undefined) return undefined;
  const read = (data: Hex): Promise<Hex> => call(parentRpc, lastState.address, data);
  const fixed = { abi: LAST_STATE_ABI, functionName: "isFixed" } as const;
  if (!decodeFunctionResult({ ...fixed, data: await read(encodeFunctionData(fixed)) })) return undefined;
  const root = { abi: LAST_STATE_ABI, functionName: "stateRoot" } as const;
  const stateRoot = decodeFunctionResult({ ...root, data: await read(encodeFunctionData(root)) });
  if (BigInt(stateRoot) === 0n) return -1n;
  const last = { abi: LAST_STATE_ABI, functionName: "lastIndex" } as const;
  return decodeFunctionResult({ ...last, data: await read(encodeFunctionData(last)) });
}

function call(rpc: JsonRpc, to: Hex, data: Hex): Promise<Hex> {
  return rpc.ask(hexText, "eth_call", { to, data }, "latest");
}

/** The call of the portal that proves a withdrawal by an output: `eth_getProof` of the chain at the output's block. */
export async function proveCall(chainRpc: JsonRpc, withdrawal: Withdrawal, at: ProvenAt): Promise<Hex> {
  const slot = getWithdrawalHashStorageSlot({ withdrawalHash: withdrawal.withdrawalHash });
  const block = numberToHex(at.number);
  const { hash: latestBlockhash, stateRoot } = await chainRpc.ask(header, "eth_getBlockByNumber", block, false);
  const { storageHash, storageProof } = await chainRpc.ask(proofSchema, "eth_getProof", MESSAGE_PASSER, [slot], block);
  const version: Hex = `0x${"0".repeat(64)}`;
  const root = { version, stateRoot, messagePasserStorageRoot: storageHash, latestBlockhash };
  // A leaf that lies within its branch would have to be listed apart: with 16^8 withdrawals there may be such.
  const proof = storageProof[0]?.proof ?? [];
  const args = [withdrawal, at.index, root, proof] as const;
  return encodeFunctionData({ abi: PORTAL_ABI, functionName: "proveWithdrawalTransaction", args });
}

/** The call of the portal that carries a proved withdrawal out, once its output and its proof have waited. */
export function finaliseCall(withdrawal: Withdrawal): Hex {
  return encodeFunctionData({ abi: PORTAL_ABI, functionName: "finalizeWithdrawalTransaction", args: [withdrawal] });
}

/** What an output says of a block, from the three hashes it is made of. */
export function outputRoot(stateRoot: Hex, passerStorageRoot: Hex, blockHash: Hex): Hex {
  return keccak256(concatHex([`0x${"0".repeat(64)}`, stateRoot, passerStorageRoot, blockHash]));
}
