import type { Hex, NetworkPlan } from "@cortensor/protocol";
import { encodeDeployData } from "viem";
import { applyPlan } from "./applyPlan.js";
import { createChainWriter } from "./chainWriter.js";
import { type DeployRequest, deployNetwork } from "./deployNetwork.js";
import { deployData } from "./deploySteps.js";
import { privateNetworkAbi, privateNetworkBytecode } from "./generated/PrivateNetwork.js";
import { privatePaymentBytecode } from "./generated/PrivatePayment.js";
import { privateSessionsAbi, privateSessionsBytecode } from "./generated/PrivateSessions.js";
import { sessionPaymentBytecode } from "./generated/SessionPayment.js";
import type { NetworkProfile } from "./profile.js";

/** The steps of a private network: the same contracts as any network's, with its gate in the compliance hook's place. */
export const privateDeployData: typeof deployData = (name, facts, at) => {
  switch (name) {
    case "compliance":
      return encodeDeployData({ abi: privateNetworkAbi, bytecode: privateNetworkBytecode, args: [facts.owner] });
    case "sessions": {
      const args = [at("compliance")] as const;
      return encodeDeployData({ abi: privateSessionsAbi, bytecode: privateSessionsBytecode, args });
    }
    case "sessionPayment": {
      // Made with the same arguments as every network's.
      const args = deployData(name, facts, at).slice(sessionPaymentBytecode.length);
      const data: Hex = `${privatePaymentBytecode}${args}`;
      return data;
    }
    default:
      return deployData(name, facts, at);
  }
};

/** Deploys a private network to its chain, or goes on where an earlier run ended, and brings its gate to what the plan says. */
export async function deployPrivate(
  request: Omit<DeployRequest, "name" | "chainId" | "dataOf"> & { readonly plan: NetworkPlan },
): Promise<NetworkProfile> {
  const { plan, privateKey, ...rest } = request;
  const { name, chainId } = plan;
  const deployed = await deployNetwork({ ...rest, privateKey, name, chainId, dataOf: privateDeployData });
  const profile: NetworkProfile = { ...deployed, isPrivate: true };
  await applyPlan(createChainWriter({ profile, privateKey }), plan);
  return profile;
}
