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
import { readMemberRole } from "./memberRoles.js";
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

/** Deploys a private network to its chain, or goes on where an earlier run ended, and brings its gate to what the plan says as long as its deployer may. */
export async function deployPrivate(
  request: Omit<DeployRequest, "name" | "chainId" | "dataOf"> & {
    readonly plan: NetworkPlan;
    /** Creation code of its COR, where that comes from a parent; a token of its own unless said. */
    readonly cor?: Hex;
  },
): Promise<NetworkProfile> {
  const { plan, privateKey, cor, ...rest } = request;
  const { name, chainId } = plan;
  const dataOf: typeof deployData = (contract, facts, at) =>
    contract === "cor" && cor !== undefined ? cor : privateDeployData(contract, facts, at);
  const deployed = await deployNetwork({ ...rest, privateKey, name, chainId, dataOf });
  const profile: NetworkProfile = { ...deployed, isPrivate: true };
  const chain = createChainWriter({ profile, privateKey });
  // Dismissed once the plan's own stewards stood: from then on the network is theirs to change.
  if ((await readMemberRole(chain, chain.account)) === "owner") await applyPlan(chain, plan);
  return profile;
}
