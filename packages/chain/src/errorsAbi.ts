import type { Abi } from "viem";
import { attestationsAbi } from "./generated/Attestations.js";
import { beaconsAbi } from "./generated/Beacons.js";
import { bondClaimsAbi } from "./generated/BondClaims.js";
import { corAbi } from "./generated/Cor.js";
import { dutiesAbi } from "./generated/Duties.js";
import { dutyPayAbi } from "./generated/DutyPay.js";
import { evidenceAbi } from "./generated/Evidence.js";
import { exitVaultAbi } from "./generated/ExitVault.js";
import { grantsAbi } from "./generated/Grants.js";
import { guardSetsAbi } from "./generated/GuardSets.js";
import { inferenceOracleAbi } from "./generated/InferenceOracle.js";
import { juriesAbi } from "./generated/Juries.js";
import { lastStateAbi } from "./generated/LastState.js";
import { loopbackMessengerAbi } from "./generated/LoopbackMessenger.js";
import { modulesAbi } from "./generated/Modules.js";
import { networkTasksAbi } from "./generated/NetworkTasks.js";
import { nodeLevelsAbi } from "./generated/NodeLevels.js";
import { nodePoolAbi } from "./generated/NodePool.js";
import { nodeWeightsAbi } from "./generated/NodeWeights.js";
import { onboardingAbi } from "./generated/Onboarding.js";
import { onboardingTillAbi } from "./generated/OnboardingTill.js";
import { prekeysAbi } from "./generated/Prekeys.js";
import { privateNetworkAbi } from "./generated/PrivateNetwork.js";
import { quorumMessengerAbi } from "./generated/QuorumMessenger.js";
import { ratesAbi } from "./generated/Rates.js";
import { registryAbi } from "./generated/Registry.js";
import { routerBondAbi } from "./generated/RouterBond.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";
import { sessionQueueAbi } from "./generated/SessionQueue.js";
import { sessionsAbi } from "./generated/Sessions.js";
import { setChallengesAbi } from "./generated/SetChallenges.js";
import { solanaTillAbi } from "./generated/SolanaTill.js";
import { stakeSlasherAbi } from "./generated/StakeSlasher.js";
import { stakeVaultAbi } from "./generated/StakeVault.js";
import { stakeViewAbi } from "./generated/StakeView.js";
import { verifierListAbi } from "./generated/VerifierList.js";
import { workRecordsAbi } from "./generated/WorkRecords.js";

const abis: readonly Abi[] = [
  attestationsAbi,
  beaconsAbi,
  workRecordsAbi,
  bondClaimsAbi,
  corAbi,
  dutiesAbi,
  dutyPayAbi,
  evidenceAbi,
  exitVaultAbi,
  grantsAbi,
  guardSetsAbi,
  inferenceOracleAbi,
  juriesAbi,
  lastStateAbi,
  loopbackMessengerAbi,
  modulesAbi,
  networkTasksAbi,
  nodeLevelsAbi,
  nodePoolAbi,
  nodeWeightsAbi,
  onboardingAbi,
  onboardingTillAbi,
  prekeysAbi,
  quorumMessengerAbi,
  privateNetworkAbi,
  ratesAbi,
  registryAbi,
  routerBondAbi,
  sessionPaymentAbi,
  sessionQueueAbi,
  sessionsAbi,
  setChallengesAbi,
  solanaTillAbi,
  stakeSlasherAbi,
  stakeVaultAbi,
  stakeViewAbi,
  verifierListAbi,
];

/** Every custom error of the network: one contract's call may end in another's refusal. */
export const errorsAbi = abis.flatMap((abi) => abi.filter((item) => item.type === "error"));
