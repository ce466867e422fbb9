import { type Address, assert } from "@cortensor/protocol";
import type { HomeAddresses, NetworkProfile } from "./profile.js";

/** The chain where COR, nodes and stake have their home: what registers, stakes, delegates and slashes is there. */
export type HomeProfile = {
  readonly chainId: number;
  readonly rpcUrls: readonly string[];
  readonly addresses: HomeAddresses;
};

/** A network's home: a chain of its own, or the serving layer's. */
export function homeOf({ chainId, rpcUrls, addresses, home }: NetworkProfile): HomeProfile {
  if (home !== undefined) return { chainId: home.chainId, rpcUrls: home.rpcUrls, addresses: home.contracts };
  const { modules, cor, messenger, compliance, pause, registry, guardSets } = addresses;
  const at = (name: "verifiers" | "stakeVault" | "stakeSlasher"): Address => {
    const address = addresses[name];
    assert(address !== undefined, `a network without another home has ${name} itself`);
    return address;
  };
  const only = { verifiers: at("verifiers"), stakeVault: at("stakeVault"), stakeSlasher: at("stakeSlasher") };
  const own = { modules, cor, messenger, compliance, pause, registry, guardSets, ...only };
  return { chainId, rpcUrls, addresses: own };
}
