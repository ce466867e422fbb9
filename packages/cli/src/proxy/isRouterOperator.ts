import { type ChainReader, listNodes } from "@cortensor/chain";

/** Whether one of these addresses owns a registered router, by the chain. */
export async function isRouterOperator(chain: ChainReader, addresses: readonly string[]): Promise<boolean> {
  if (addresses.length === 0) return false;
  const mine = new Set(addresses.map((address) => address.toLowerCase()));
  return (await listNodes(chain, { role: "router" })).some(({ owner }) => mine.has(owner.toLowerCase()));
}
