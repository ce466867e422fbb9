import type { Hex } from "@cortensor/protocol";
import { numberToHex } from "viem";
import { z } from "zod";
import { hash, type JsonRpc } from "./jsonRpc.js";
import type { OpChain } from "./opChain.js";

/** `OutputProposed(bytes32,uint256,uint256,uint256)`. */
const PROPOSED_TOPIC: Hex = "0xa7aaf2512769da4e444e3de247be2564225c2e7a8f74cfe528e46e17d24868e2";
/** `OutputsDeleted(uint256,uint256)`. */
const DELETED_TOPIC: Hex = "0x4ee37ac2c786ec85e87592d3c5c8a1dd66f8496dda3f125d9ea8ca5f657629b6";
/** `LastStateFixed(uint256,bytes32,bytes32)`. */
const FIXED_TOPIC: Hex = "0xb9d47d094f6bbca05a142aaaff5c52cc2a7c848938946954bd420fb45e804409";
/** What the oracle, and the contract that outputs are posted through, tell of them. */
export const OUTPUT_TOPICS: readonly Hex[] = [PROPOSED_TOPIC, DELETED_TOPIC, FIXED_TOPIC];

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
  | { readonly kind: "deleted"; readonly from: number }
  /** The chain has its last state: what is posted from here on pays coins out by it, as the contract that posts it has proved. */
  | { readonly kind: "fixed" };

/** Reads an event of the oracle, or of the contract that outputs are posted through; undefined for another. */
export function readOutputChange(
  { contracts, lastState }: Pick<OpChain, "contracts" | "lastState">,
  log: { readonly address: Hex; readonly topics: readonly Hex[]; readonly data: Hex },
): OutputChange | undefined {
  const [topic, first, second, third] = log.topics;
  if (log.address === lastState?.address) return topic === FIXED_TOPIC ? { kind: "fixed" } : undefined;
  if (log.address !== contracts.l2OutputOracle) return undefined;
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
