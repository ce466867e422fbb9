import type { Address } from "@cortensor/protocol";
import { ChainError } from "../chainError.js";
import type { LayerAddresses } from "../deployment.js";
import { type LayerProfile, resolveRpcUrls } from "../layerProfile.js";
import type { NetworkProfile } from "../profile.js";

/** A chain that wallets are onboarded from. */
export type OnboardingPlace = {
  /** Its name in the profile. */
  readonly name: string;
  readonly chainId: number;
  readonly rpcUrls: readonly string[];
  readonly cor: Address;
  /** What takes coins there: a till, or on the serving chain `Onboarding` itself. */
  readonly taker: Address;
};

/** Where a network's wallets come from, and where their sessions are. */
export type OnboardingPlaces = {
  readonly serving: OnboardingPlace;
  /** Every chain, the serving one first. */
  readonly chains: readonly OnboardingPlace[];
};

/** Of a network that is known by its serving chain alone. */
export function placesOfNetwork({ name, chainId, rpcUrls, addresses }: NetworkProfile): OnboardingPlaces {
  const serving = { name, chainId, rpcUrls, cor: addresses.cor, taker: addresses.onboarding };
  return { serving, chains: [serving] };
}

/** Of a profile over several chains: the serving one, and each that has a till. Throws CHAIN_INCOMPLETE before it is deployed. */
export function placesOfLayers(
  profile: LayerProfile,
  env: Readonly<Record<string, string | undefined>>,
): OnboardingPlaces {
  const { l2, onboarding } = profile.layers;
  const place = (name: string): OnboardingPlace => {
    const [chain, stands] = [profile.chains[name], profile.deployed?.[name]];
    const { cor, onboarding: opener, onboardingTill }: LayerAddresses = stands?.addresses ?? {};
    const taker = name === l2 ? opener : onboardingTill;
    if (chain === undefined || cor === undefined || taker === undefined) {
      const missing = [`${name}: what takes coins for onboarding`];
      throw new ChainError({ code: "CHAIN_INCOMPLETE", profile: profile.name, missing });
    }
    return { name, chainId: chain.chainId, rpcUrls: resolveRpcUrls(chain, env), cor, taker };
  };
  const serving = place(l2);
  return { serving, chains: [serving, ...onboarding.filter((name) => name !== l2).map(place)] };
}
