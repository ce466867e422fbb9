import type { Hex } from "@cortensor/protocol";
import { encodeDeployData, zeroAddress } from "viem";
import { onboardingTillAbi, onboardingTillBytecode } from "./generated/OnboardingTill.js";
import { chainIdOf, type LinkRequest } from "./linkDeployData.js";

/** Creation code of what takes the coins of wallets that are onboarded from another chain: down from the L1 through its vault, from below back up. */
export function tillDeployData({ profile, place, places }: LinkRequest): Hex {
  const { l2 } = profile.layers;
  const parts = {
    cor: places.at("cor"),
    vault: place.layers.includes("l1") ? places.at("corVault") : zeroAddress,
    toChainId: chainIdOf(profile, l2),
    onboarding: places.on(l2, "onboarding"),
    compliance: places.at("compliance"),
    pause: places.at("pause"),
  };
  return encodeDeployData({ abi: onboardingTillAbi, bytecode: onboardingTillBytecode, args: [parts] });
}
