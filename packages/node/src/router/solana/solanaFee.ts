import type { HubState } from "@cortensor/chain";
import { COR_DECIMALS } from "@cortensor/protocol";

const BPS = 10_000n;

/** Wei of COR in the smallest unit of a hub's mint. */
function unitWei({ decimals }: Pick<HubState, "decimals">): bigint {
  return 10n ** BigInt(COR_DECIMALS - decimals);
}

/** The most that the network may charge for a task, so that what its escrow pays covers it after the network's share there. */
export function solanaFeeCapWei(hub: Pick<HubState, "decimals" | "shares">, amount: bigint): bigint {
  return (amount * unitWei(hub) * (BPS - BigInt(hub.shares.networkBps))) / BPS;
}

/** What a router asks for on Solana, for what a task cost it in the network: rounded up, and never above what lies there. */
export function solanaFeeOf(hub: Pick<HubState, "decimals" | "shares">, feeWei: bigint, amount: bigint): bigint {
  const kept = unitWei(hub) * (BPS - BigInt(hub.shares.networkBps));
  const fee = (feeWei * BPS + kept - 1n) / kept;
  return fee < amount ? fee : amount;
}
