import type { Address, Hex } from "@cortensor/protocol";
import { encodeDeployData } from "viem";
import type { ContractName, DeployFacts } from "./deploySteps.js";
import { networkTasksAbi, networkTasksBytecode } from "./generated/NetworkTasks.js";
import { nodeLevelsAbi, nodeLevelsBytecode } from "./generated/NodeLevels.js";
import { nodePoolAbi, nodePoolBytecode } from "./generated/NodePool.js";
import { nodeWeightsAbi, nodeWeightsBytecode } from "./generated/NodeWeights.js";
import { prekeysAbi, prekeysBytecode } from "./generated/Prekeys.js";

/** Creation code of the contracts about nodes' lives, with their arguments. */
export function nodeDeployData(
  name: "nodeLevels" | "nodeWeights" | "nodePool" | "networkTasks" | "prekeys",
  facts: DeployFacts,
  at: (name: ContractName) => Address,
): Hex {
  switch (name) {
    case "nodeLevels":
      return encodeDeployData({ abi: nodeLevelsAbi, bytecode: nodeLevelsBytecode, args: [facts.owner] });
    case "nodeWeights": {
      const args = [at("registry"), at("stakeView"), at("beacons"), facts.weiPerTicket] as const;
      return encodeDeployData({ abi: nodeWeightsAbi, bytecode: nodeWeightsBytecode, args });
    }
    case "nodePool": {
      const parts = {
        registry: at("registry"),
        sessions: at("sessions"),
        beacons: at("beacons"),
        weights: at("nodeWeights"),
        levels: at("nodeLevels"),
      };
      return encodeDeployData({ abi: nodePoolAbi, bytecode: nodePoolBytecode, args: [parts] });
    }
    case "networkTasks": {
      const parts = {
        registry: at("registry"),
        beacons: at("beacons"),
        weights: at("nodeWeights"),
        pool: at("nodePool"),
        levels: at("nodeLevels"),
      };
      return encodeDeployData({ abi: networkTasksAbi, bytecode: networkTasksBytecode, args: [parts] });
    }
    case "prekeys": {
      const args = [at("registry"), BigInt(facts.t0), BigInt(facts.prekeySeconds)] as const;
      return encodeDeployData({ abi: prekeysAbi, bytecode: prekeysBytecode, args });
    }
  }
}
