import type { SolanaPlan } from "./solanaTask.js";

/** What of a fee goes to the router and to the network, in ten-thousandths; the rest is the miner's. */
export type SolanaShares = { readonly routerBps: number; readonly networkBps: number };

/** Who gets what of an escrow. The four sum to what the plan says. */
export type SolanaPayout = {
  readonly miner: bigint;
  readonly router: bigint;
  readonly network: bigint;
  readonly client: bigint;
};

const BPS = 10_000n;

/** Splits a plan's fee: shares are rounded down, and what is left over is the miner's. */
export function splitSolanaPlan({ minerAmount, clientAmount }: SolanaPlan, shares: SolanaShares): SolanaPayout {
  const router = (minerAmount * BigInt(shares.routerBps)) / BPS;
  const network = (minerAmount * BigInt(shares.networkBps)) / BPS;
  return { miner: minerAmount - router - network, router, network, client: clientAmount };
}
