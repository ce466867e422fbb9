import type { Hex } from "@cortensor/protocol";
import { decodeFunctionResult, encodeFunctionData, numberToHex } from "viem";
import { z } from "zod";
import { hash, hexText, type JsonRpc } from "./jsonRpc.js";
import { OUTPUT_ORACLE_ABI } from "./opAbi.js";
import type { OpChain } from "./opChain.js";

/** `OutputsDeleted(uint256,uint256)`. */
const DELETED_TOPIC: Hex = "0x4ee37ac2c786ec85e87592d3c5c8a1dd66f8496dda3f125d9ea8ca5f657629b6";

/** Blocks of one question: less than any RPC refuses. */
const LOG_BLOCKS = 1_000;

export type PostedOutput = {
  readonly index: number;
  readonly root: Hex;
  /** When it was posted, in seconds of the parent. */
  readonly seconds: number;
  readonly number: number;
};

/** The outputs that stand at a block of the parent, from an index on. */
export async function readOutputs(
  rpc: JsonRpc,
  chain: OpChain,
  { from, parentBlock }: { readonly from: number; readonly parentBlock: number },
): Promise<readonly PostedOutput[]> {
  const read = (data: Hex): Promise<Hex> =>
    rpc.ask(hexText, "eth_call", { to: chain.contracts.l2OutputOracle, data }, numberToHex(parentBlock));
  const count = { abi: OUTPUT_ORACLE_ABI, functionName: "nextOutputIndex" } as const;
  const next = Number(decodeFunctionResult({ ...count, data: await read(encodeFunctionData(count)) }));
  const found: PostedOutput[] = [];
  for (let index = from; index < next; index++) {
    const one = { abi: OUTPUT_ORACLE_ABI, functionName: "getL2Output", args: [BigInt(index)] } as const;
    const output = decodeFunctionResult({ ...one, data: await read(encodeFunctionData(one)) });
    const { outputRoot: root, timestamp, l2BlockNumber } = output;
    found.push({ index, root, seconds: Number(timestamp), number: Number(l2BlockNumber) });
  }
  return found;
}

/** The lowest index from which outputs were deleted within these blocks of the parent; undefined where none were. */
export async function readDeletedFrom(
  rpc: JsonRpc,
  chain: OpChain,
  blocks: { readonly from: number; readonly to: number },
): Promise<number | undefined> {
  const indices: number[] = [];
  for (let first = blocks.from; first <= blocks.to; first += LOG_BLOCKS) {
    const filter = {
      address: chain.contracts.l2OutputOracle,
      topics: [DELETED_TOPIC],
      fromBlock: numberToHex(first),
      toBlock: numberToHex(Math.min(blocks.to, first + LOG_BLOCKS - 1)),
    };
    const logs = await rpc.ask(z.array(z.object({ topics: z.array(hash) })), "eth_getLogs", filter);
    indices.push(...logs.map(({ topics }) => Number(topics[2] ?? 0)));
  }
  return indices.length === 0 ? undefined : Math.min(...indices);
}
