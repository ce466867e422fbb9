import type { Address, DrandNetwork, Hex } from "@cortensor/protocol";
import { encodeDeployData } from "viem";
import { bondClaimsAbi, bondClaimsBytecode } from "./generated/BondClaims.js";
import { corAbi, corBytecode } from "./generated/Cor.js";
import { grantsBytecode } from "./generated/Grants.js";
import { loopbackMessengerAbi, loopbackMessengerBytecode } from "./generated/LoopbackMessenger.js";
import { modulesAbi, modulesBytecode } from "./generated/Modules.js";
import { noComplianceAbi, noComplianceBytecode } from "./generated/NoCompliance.js";
import { noPauseAbi, noPauseBytecode } from "./generated/NoPause.js";
import { noRoyaltyAbi, noRoyaltyBytecode } from "./generated/NoRoyalty.js";
import { ratesAbi, ratesBytecode } from "./generated/Rates.js";
import { registryAbi, registryBytecode } from "./generated/Registry.js";
import { routerBondAbi, routerBondBytecode } from "./generated/RouterBond.js";
import { sessionPaymentAbi, sessionPaymentBytecode } from "./generated/SessionPayment.js";
import { sessionsAbi, sessionsBytecode } from "./generated/Sessions.js";
import { setChallengesAbi, setChallengesBytecode } from "./generated/SetChallenges.js";
import { stakeVaultAbi, stakeVaultBytecode } from "./generated/StakeVault.js";
import { stakeViewAbi, stakeViewBytecode } from "./generated/StakeView.js";
import { verifierListAbi, verifierListBytecode } from "./generated/VerifierList.js";
import { guardDeployData, isGuardsContract } from "./guardDeployData.js";
import { nodeDeployData } from "./nodeDeployData.js";
import { onboardingDeployData } from "./onboardingDeployData.js";
import type { NetworkAddresses } from "./profile.js";
import { queueDeployData } from "./queueDeployData.js";

/** What the constructors need beside earlier addresses. */
export type DeployFacts = {
  /** Holds the whole supply of COR, and owns what has an owner. */
  readonly owner: Address;
  readonly chainId: number;
  readonly t0: number;
  readonly epochSeconds: number;
  /** Least stake of a guard. */
  readonly guardStakeMinWei: bigint;
  /** Until when, in seconds of chain time, only listed guards count. */
  readonly hostedUntil: number;
  /** The drand network whose rounds go into beacons. */
  readonly drand?: DrandNetwork;
  /** Stake that carries one ticket more in draws of nodes. */
  readonly weiPerTicket: bigint;
  /** How long a miner's prekeys are sealed to before the next ones. */
  readonly prekeySeconds: number;
};

export type ContractName = keyof NetworkAddresses;

/** Contracts in the order of deployment: each needs only earlier ones. Modules comes last, because it names them all. */
export const DEPLOY_ORDER = [
  "cor",
  "messenger",
  "compliance",
  "pause",
  "verifiers",
  "stakeVault",
  "stakeView",
  "registry",
  "sessions",
  "royalty",
  "setChallenges",
  "sessionPayment",
  "routerBond",
  "bondClaims",
  "rates",
  "nodeLevels",
  "guardSets",
  "attestations",
  "beacons",
  "workRecords",
  "duties",
  "dutyPay",
  "nodeWeights",
  "nodePool",
  "networkTasks",
  "juries",
  "stakeSlasher",
  "sessionQueue",
  "inferenceOracle",
  "prekeys",
  "onboarding",
  "grants",
  "modules",
] as const satisfies readonly ContractName[];

/** Names under which `Modules` knows the contracts. */
export const MODULE_NAMES: Readonly<Record<Exclude<ContractName, "modules">, string>> = {
  cor: "Cor",
  messenger: "Messenger",
  stakeVault: "StakeVault",
  stakeView: "StakeView",
  registry: "Registry",
  sessions: "Sessions",
  royalty: "Royalty",
  setChallenges: "SetChallenges",
  sessionPayment: "SessionPayment",
  routerBond: "RouterBond",
  bondClaims: "BondClaims",
  rates: "Rates",
  nodeLevels: "NodeLevels",
  guardSets: "GuardSets",
  attestations: "Attestations",
  beacons: "Beacons",
  workRecords: "WorkRecords",
  duties: "Duties",
  dutyPay: "DutyPay",
  nodeWeights: "NodeWeights",
  nodePool: "NodePool",
  networkTasks: "NetworkTasks",
  juries: "Juries",
  stakeSlasher: "StakeSlasher",
  sessionQueue: "SessionQueue",
  inferenceOracle: "InferenceOracle",
  prekeys: "Prekeys",
  onboarding: "Onboarding",
  grants: "Grants",
  compliance: "Compliance",
  pause: "Pause",
  verifiers: "Verifiers",
};

/** Creation code of a contract with its arguments. `at` gives the address of an earlier one. */
export function deployData(name: ContractName, facts: DeployFacts, at: (name: ContractName) => Address): Hex {
  if (isGuardsContract(name)) return guardDeployData(name, facts, at);
  switch (name) {
    case "cor":
      return encodeDeployData({ abi: corAbi, bytecode: corBytecode, args: [facts.owner] });
    case "messenger":
      return encodeDeployData({ abi: loopbackMessengerAbi, bytecode: loopbackMessengerBytecode });
    case "compliance":
      return encodeDeployData({ abi: noComplianceAbi, bytecode: noComplianceBytecode });
    case "pause":
      return encodeDeployData({ abi: noPauseAbi, bytecode: noPauseBytecode });
    case "verifiers":
      return encodeDeployData({ abi: verifierListAbi, bytecode: verifierListBytecode, args: [facts.owner] });
    case "stakeVault": {
      const args = [at("cor"), at("compliance"), at("pause"), facts.owner] as const;
      return encodeDeployData({ abi: stakeVaultAbi, bytecode: stakeVaultBytecode, args });
    }
    case "stakeView": {
      const args = [at("messenger"), BigInt(facts.chainId), at("stakeVault")] as const;
      return encodeDeployData({ abi: stakeViewAbi, bytecode: stakeViewBytecode, args });
    }
    case "registry": {
      const args = [at("compliance"), at("pause"), at("verifiers")] as const;
      return encodeDeployData({ abi: registryAbi, bytecode: registryBytecode, args });
    }
    case "sessions":
      return encodeDeployData({ abi: sessionsAbi, bytecode: sessionsBytecode });
    case "royalty":
      return encodeDeployData({ abi: noRoyaltyAbi, bytecode: noRoyaltyBytecode });
    case "setChallenges":
      return encodeDeployData({ abi: setChallengesAbi, bytecode: setChallengesBytecode });
    case "sessionPayment":
      return paymentDeployData(facts, at);
    case "routerBond":
      return encodeDeployData({ abi: routerBondAbi, bytecode: routerBondBytecode, args: [at("cor"), facts.owner] });
    case "bondClaims": {
      const args = [at("registry"), at("sessionPayment"), at("routerBond"), at("setChallenges")] as const;
      return encodeDeployData({ abi: bondClaimsAbi, bytecode: bondClaimsBytecode, args });
    }
    case "rates":
      return encodeDeployData({ abi: ratesAbi, bytecode: ratesBytecode, args: [facts.owner, facts.owner] });
    case "nodeLevels":
    case "nodeWeights":
    case "nodePool":
    case "networkTasks":
    case "prekeys":
      return nodeDeployData(name, facts, at);
    case "onboarding":
      return onboardingDeployData(at);
    case "grants":
      return grantsBytecode;
    case "sessionQueue":
    case "inferenceOracle":
      return queueDeployData(name, at);
    case "modules":
      return encodeDeployData({ abi: modulesAbi, bytecode: modulesBytecode, args: [facts.owner] });
  }
}

function paymentDeployData(facts: DeployFacts, at: (name: ContractName) => Address): Hex {
  const parts = {
    cor: at("cor"),
    sessions: at("sessions"),
    routers: at("registry"),
    complianceHook: at("compliance"),
    pauseHook: at("pause"),
    royaltyHook: at("royalty"),
    setChallenges: at("setChallenges"),
    t0: BigInt(facts.t0),
    epochSeconds: BigInt(facts.epochSeconds),
  };
  return encodeDeployData({ abi: sessionPaymentAbi, bytecode: sessionPaymentBytecode, args: [parts] });
}
