import { type DrandNetwork, type GuardSet, recordEpochAt, type UnixSeconds } from "@cortensor/protocol";
import type { GuardChain } from "./guardChain.js";

/** Epochs of which something is remembered: those that a guard works on. */
const EPOCHS_KEPT = 4;

/**
 * The same chain, asked once for what doesn't change any more: the set of an epoch whose records are cut off, its beacon, that a set is fixed,
 * and which drand network there is. What a reorganisation took back is asked for again after a few epochs. Roots that were posted aren't remembered here.
 */
export function rememberSettled(chain: GuardChain, nowSeconds: () => UnixSeconds): GuardChain {
  const sets = new Map<number, GuardSet>();
  const beacons = new Map<number, `0x${string}`>();
  const fixed = new Map<number, true>();
  let drand: { readonly network: DrandNetwork | undefined } | undefined;
  return {
    ...chain,
    readDrandNetwork: async () => {
      drand ??= { network: await chain.readDrandNetwork() };
      return drand.network;
    },
    readGuardSet: async (epoch) => {
      const known = sets.get(epoch);
      if (known !== undefined) return known;
      const set = await chain.readGuardSet(epoch);
      if (epoch < recordEpochAt(chain.times, nowSeconds())) keep(sets, epoch, set);
      return set;
    },
    readBeacon: async (epoch) => {
      const known = beacons.get(epoch);
      if (known !== undefined) return known;
      const beacon = await chain.readBeacon(epoch);
      if (beacon !== undefined) keep(beacons, epoch, beacon);
      return beacon;
    },
    readIsFixed: async (epoch) => {
      if (fixed.has(epoch)) return true;
      const isFixed = await chain.readIsFixed(epoch);
      if (isFixed) keep(fixed, epoch, true);
      return isFixed;
    },
  };
}

/** The one that was kept first makes room. */
function keep<Value>(kept: Map<number, Value>, epoch: number, value: Value): void {
  kept.set(epoch, value);
  for (const first of kept.keys()) {
    if (kept.size <= EPOCHS_KEPT) return;
    kept.delete(first);
  }
}
