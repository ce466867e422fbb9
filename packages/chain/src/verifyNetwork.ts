import { type Address, parseAddress } from "@cortensor/protocol";
import { ChainError, chainCall } from "./chainError.js";
import type { ChainReader, HomeReader } from "./chainReader.js";

/**
 * Checks of the serving layer and of home that every RPC URL that answers serves the profile's chain, and that every contract is there. Throws CHAIN_WRONG_ID
 * or CHAIN_NO_CONTRACT: the profile is of another network, or the chain was reset.
 */
export async function verifyNetwork(chain: ChainReader): Promise<void> {
  await Promise.all([
    verifyChain(chain, ""),
    ...(chain.profile.home === undefined ? [] : [verifyChain(chain.home, "home.")]),
  ]);
}

async function verifyChain(chain: ChainReader | HomeReader, of: string): Promise<void> {
  const { chainId, addresses } = chain.profile;
  for (const { rpc, verdict } of await chain.checkRpcs()) {
    if (verdict.kind !== "wrongChain") continue;
    throw new ChainError({ code: "CHAIN_WRONG_ID", rpc, expected: chainId, actual: verdict.actual });
  }
  const checks = Object.entries(addresses).flatMap(([name, address]) =>
    address === undefined ? [] : [requireCode(chain, `${of}${name}`, parseAddress(address))],
  );
  await Promise.all(checks);
}

async function requireCode(chain: Pick<ChainReader, "client">, contract: string, address: Address): Promise<void> {
  const code = await chainCall("verifyNetwork", chain.client.getCode({ address }));
  if (code === undefined || code === "0x") throw new ChainError({ code: "CHAIN_NO_CONTRACT", contract, address });
}
