import type { Address } from "@cortensor/protocol";
import type { MinerOffer } from "../chooseMiner.js";

/** A miner's address, by its number. */
export const addressAt = (index: number): Address => `0x${index.toString(16).padStart(40, "0")}`;

/** What a verified, idle miner offers. */
export function anOffer(change: Partial<MinerOffer> = {}): MinerOffer {
  return {
    miner: addressAt(1),
    kernelClass: `0x${"aa".repeat(32)}`,
    contextTokens: 4_096,
    tokensPerSecond: 50,
    weiPerTokenIn: 1n,
    weiPerTokenOut: 2n,
    isVerified: true,
    isProved: true,
    capacity: 4,
    tasks: 0,
    startsMax: 4,
    ownTasks: 0,
    tokensAhead: 0,
    inFlightWei: 0n,
    stakeWei: 1_000_000n,
    score: 0.5,
    level: 0,
    canScore: true,
    isMeasured: true,
    ...change,
  };
}
