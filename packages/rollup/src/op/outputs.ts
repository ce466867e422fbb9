import type { Hex } from "@cortensor/protocol";
import { numberToHex } from "viem";
import { z } from "zod";
import { hash, type JsonRpc } from "./jsonRpc.js";
import type { OpChain } from "./opChain.js";

/** `OutputProposed(bytes32,uint256,uint256,uint256)`. */
const PROPOSED_TOPIC: Hex = "0xa7aaf2512769da4e444e3de247be2564225c2e7a8f74cfe528e46e17d24868e2";
/** `OutputsDeleted(uint256,uint256)`. */
const DELETED_TOPIC: Hex = "0x4ee37ac2c786ec85e87592d3c5c8a1dd66f8496dda3f125d9ea8ca5f657629b6";
/** What the oracle tells of its outputs. */
export const OUTPUT_TOPICS: readonly Hex[] = [PROPOSED_TOPIC, DELETED_TOPIC];

/** Blocks of one question: less than any RPC refuses. */
const LOG_BLOCKS = 1_000;

export type PostedOutput = {
  readonly index: number;
  readonly root: Hex;
  /** When it was posted, in seconds of the parent. */
  readonly seconds: number;
  readonly number: number;
};

export type OutputChange =
  | { readonly kind: "posted"; readonly output: PostedOutput }
  /** With all behind it. */
  | { readonly kind: "deleted"; readonly from: number };

/** Reads an event of the oracle; undefined for another. */
export function readOutputChange(log: {
  readonly topics: readonly Hex[];
  readonly data: Hex;
}): OutputChange | undefined {
  const [topic, first, second, third] = log.topics;
  if (topic === PROPOSED_TOPIC && first !== undefined && second !== undefined && third !== undefined) {
    const output = { index: Number(second), root: first, seconds: Number(log.data), number: Number(third) };
    return { kind: "posted", output };
  }
  if (topic === DELETED_TOPIC && second !== undefined) return { kind: "deleted", from: Number(second) };
  return undefined;
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
