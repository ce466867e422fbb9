import type { Address, Hex } from "@cortensor/protocol";
import { encodeDeployData } from "viem";
import type { ContractName } from "./deploySteps.js";
import { onboardingAbi, onboardingBytecode } from "./generated/Onboarding.js";

/** Creation code of what opens sessions by wallets' signatures, on the serving chain. */
export function onboardingDeployData(at: (name: ContractName) => Address): Hex {
  const parts = {
    cor: at("cor"),
    sessions: at("sessions"),
    payment: at("sessionPayment"),
    compliance: at("compliance"),
  };
  return encodeDeployData({ abi: onboardingAbi, bytecode: onboardingBytecode, args: [parts] });
}
