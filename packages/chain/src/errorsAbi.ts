import type { Abi } from "viem";
import { attestationsAbi } from "./generated/Attestations.js";
import { beaconsAbi } from "./generated/Beacons.js";
import { bondClaimsAbi } from "./generated/BondClaims.js";
import { corAbi } from "./generated/Cor.js";
import { equivocationSlashAbi } from "./generated/EquivocationSlash.js";
import { guardSetsAbi } from "./generated/GuardSets.js";
import { loopbackMessengerAbi } from "./generated/LoopbackMessenger.js";
import { modulesAbi } from "./generated/Modules.js";
import { nodeLevelsAbi } from "./generated/NodeLevels.js";
import { ratesAbi } from "./generated/Rates.js";
import { registryAbi } from "./generated/Registry.js";
import { routerBondAbi } from "./generated/RouterBond.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";
import { sessionsAbi } from "./generated/Sessions.js";
import { setChallengesAbi } from "./generated/SetChallenges.js";
import { stakeVaultAbi } from "./generated/StakeVault.js";
import { stakeViewAbi } from "./generated/StakeView.js";
import { verifierListAbi } from "./generated/VerifierList.js";

const abis: readonly Abi[] = [
  attestationsAbi,
  beaconsAbi,
  bondClaimsAbi,
  corAbi,
  equivocationSlashAbi,
  guardSetsAbi,
  loopbackMessengerAbi,
  modulesAbi,
  nodeLevelsAbi,
  ratesAbi,
  registryAbi,
  routerBondAbi,
  sessionPaymentAbi,
  sessionsAbi,
  setChallengesAbi,
  stakeVaultAbi,
  stakeViewAbi,
  verifierListAbi,
];

/** Every custom error of the network: one contract's call may end in another's refusal. */
export const errorsAbi = abis.flatMap((abi) => abi.filter((item) => item.type === "error"));
