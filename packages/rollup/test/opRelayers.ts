import type { Hex } from "@cortensor/protocol";
import { finaliseCall, findOutput, type OpChain, proveCall, readWithdrawals } from "@cortensor/rollup";
import { keccak256, toHex } from "viem";
import { type Clients, mined, pass, until, WINDOW_SECONDS } from "./opWorld.js";

/** What a second relayer hears, whose step another has done. */
const DONE_BEFORE = /already been (proven|finalized)/;

/**
 * Two relayers carry what these transactions sent down to the parent, by a seed: each takes the steps in an order of its own, the first dies on its way
 * and the second does them all. Resolves to how often one came too late.
 */
export async function relayDown(parts: {
  readonly parent: Clients;
  readonly child: Clients;
  readonly chain: OpChain;
  readonly sent: readonly Hex[];
  readonly seed: number;
}): Promise<number> {
  const { parent, child, chain, sent, seed } = parts;
  const carry = async (call: Hex): Promise<number> => {
    try {
      const hash = await parent.write.sendTransaction({ to: chain.contracts.optimismPortal, data: call });
      await mined(parent, hash);
      return 0;
    } catch (error) {
      if (error instanceof Error && DONE_BEFORE.test(error.message)) return 1;
      throw error;
    }
  };
  const found = (await Promise.all(sent.map((txHash) => readWithdrawals(child.rpc, txHash)))).flat();
  const newest = Math.max(...found.map((withdrawal) => withdrawal.blockNumber));
  const at = await until("an output", () => findOutput(parent.rpc, chain, newest));
  let late = 0;
  for (const withdrawal of shuffle(found, seed, 2)) late += await carry(await proveCall(child.rpc, withdrawal, at));
  await pass(parent.rpc, WINDOW_SECONDS + 1);
  for (const withdrawal of shuffle(found, seed + 1, 2)) late += await carry(finaliseCall(withdrawal));
  return late;
}

/** A part of the items in one order, as far as the first relayer lived, and then all of them in another. */
function shuffle<Item>(items: readonly Item[], seed: number, relayers: number): readonly Item[] {
  const rank = (relayer: number, index: number): bigint => BigInt(keccak256(toHex(`${seed}/${relayer}/${index}`)));
  return Array.from({ length: relayers }, (_, relayer) => {
    const order = items
      .map((item, index) => ({ item, rank: rank(relayer, index) }))
      .sort((one, other) => (one.rank < other.rank ? -1 : 1))
      .map(({ item }) => item);
    const lived = 1 + Number(rank(relayer, -1) % BigInt(items.length));
    return relayer < relayers - 1 ? order.slice(0, lived) : order;
  }).flat();
}
