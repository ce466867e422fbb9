import type { Address, Hex } from "@cortensor/protocol";
import { encodeDeployData } from "viem";
import type { ContractName } from "./deploySteps.js";
import { inferenceOracleAbi, inferenceOracleBytecode } from "./generated/InferenceOracle.js";
import { sessionQueueAbi, sessionQueueBytecode } from "./generated/SessionQueue.js";

/** Creation code of the session queue and of the oracle over it, with their arguments. */
export function queueDeployData(name: "sessionQueue" | "inferenceOracle", at: (name: ContractName) => Address): Hex {
  switch (name) {
    case "sessionQueue": {
      const args = [at("sessions"), at("registry")] as const;
      return encodeDeployData({ abi: sessionQueueAbi, bytecode: sessionQueueBytecode, args });
    }
    case "inferenceOracle": {
      const args = [at("sessions"), at("sessionQueue")] as const;
      return encodeDeployData({ abi: inferenceOracleAbi, bytecode: inferenceOracleBytecode, args });
    }
  }
}
