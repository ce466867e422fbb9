import type { Abi } from "viem";
import type { ContractName } from "./deploySteps.js";
import { attestationsAbi } from "./generated/Attestations.js";
import { beaconsAbi } from "./generated/Beacons.js";
import { bondClaimsAbi } from "./generated/BondClaims.js";
import { corAbi } from "./generated/Cor.js";
import { dutiesAbi } from "./generated/Duties.js";
import { dutyPayAbi } from "./generated/DutyPay.js";
import { grantsAbi } from "./generated/Grants.js";
import { guardSetsAbi } from "./generated/GuardSets.js";
import { inferenceOracleAbi } from "./generated/InferenceOracle.js";
import { juriesAbi } from "./generated/Juries.js";
import { loopbackMessengerAbi } from "./generated/LoopbackMessenger.js";
import { modulesAbi } from "./generated/Modules.js";
import { networkTasksAbi } from "./generated/NetworkTasks.js";
import { noComplianceAbi } from "./generated/NoCompliance.js";
import { nodeLevelsAbi } from "./generated/NodeLevels.js";
import { nodePoolAbi } from "./generated/NodePool.js";
import { nodeWeightsAbi } from "./generated/NodeWeights.js";
import { noPauseAbi } from "./generated/NoPause.js";
import { noRoyaltyAbi } from "./generated/NoRoyalty.js";
import { onboardingAbi } from "./generated/Onboarding.js";
import { prekeysAbi } from "./generated/Prekeys.js";
import { ratesAbi } from "./generated/Rates.js";
import { registryAbi } from "./generated/Registry.js";
import { routerBondAbi } from "./generated/RouterBond.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";
import { sessionQueueAbi } from "./generated/SessionQueue.js";
import { sessionsAbi } from "./generated/Sessions.js";
import { setChallengesAbi } from "./generated/SetChallenges.js";
import { stakeSlasherAbi } from "./generated/StakeSlasher.js";
import { stakeVaultAbi } from "./generated/StakeVault.js";
import { stakeViewAbi } from "./generated/StakeView.js";
import { verifierListAbi } from "./generated/VerifierList.js";
import { workRecordsAbi } from "./generated/WorkRecords.js";

/** Which contract stands under a name of a profile, and what can be asked of it. */
export const CONTRACT_ABIS: Readonly<Record<ContractName, { readonly contract: string; readonly abi: Abi }>> = {
  cor: { contract: "Cor", abi: corAbi },
  messenger: { contract: "LoopbackMessenger", abi: loopbackMessengerAbi },
  compliance: { contract: "NoCompliance", abi: noComplianceAbi },
  pause: { contract: "NoPause", abi: noPauseAbi },
  verifiers: { contract: "VerifierList", abi: verifierListAbi },
  stakeVault: { contract: "StakeVault", abi: stakeVaultAbi },
  stakeView: { contract: "StakeView", abi: stakeViewAbi },
  registry: { contract: "Registry", abi: registryAbi },
  sessions: { contract: "Sessions", abi: sessionsAbi },
  royalty: { contract: "NoRoyalty", abi: noRoyaltyAbi },
  setChallenges: { contract: "SetChallenges", abi: setChallengesAbi },
  sessionPayment: { contract: "SessionPayment", abi: sessionPaymentAbi },
  routerBond: { contract: "RouterBond", abi: routerBondAbi },
  bondClaims: { contract: "BondClaims", abi: bondClaimsAbi },
  rates: { contract: "Rates", abi: ratesAbi },
  nodeLevels: { contract: "NodeLevels", abi: nodeLevelsAbi },
  guardSets: { contract: "GuardSets", abi: guardSetsAbi },
  attestations: { contract: "Attestations", abi: attestationsAbi },
  beacons: { contract: "Beacons", abi: beaconsAbi },
  workRecords: { contract: "WorkRecords", abi: workRecordsAbi },
  duties: { contract: "Duties", abi: dutiesAbi },
  dutyPay: { contract: "DutyPay", abi: dutyPayAbi },
  nodeWeights: { contract: "NodeWeights", abi: nodeWeightsAbi },
  nodePool: { contract: "NodePool", abi: nodePoolAbi },
  networkTasks: { contract: "NetworkTasks", abi: networkTasksAbi },
  juries: { contract: "Juries", abi: juriesAbi },
  stakeSlasher: { contract: "StakeSlasher", abi: stakeSlasherAbi },
  sessionQueue: { contract: "SessionQueue", abi: sessionQueueAbi },
  inferenceOracle: { contract: "InferenceOracle", abi: inferenceOracleAbi },
  prekeys: { contract: "Prekeys", abi: prekeysAbi },
  onboarding: { contract: "Onboarding", abi: onboardingAbi },
  grants: { contract: "Grants", abi: grantsAbi },
  modules: { contract: "Modules", abi: modulesAbi },
};
