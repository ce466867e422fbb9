import type { Address, DrandNetwork, Hex } from "@cortensor/protocol";
import { encodeDeployData } from "viem";
import type { ContractName, DeployFacts } from "./deploySteps.js";
import { attestationsAbi, attestationsBytecode } from "./generated/Attestations.js";
import { beaconsAbi, beaconsBytecode } from "./generated/Beacons.js";
import { dutiesAbi, dutiesBytecode } from "./generated/Duties.js";
import { dutyPayAbi, dutyPayBytecode } from "./generated/DutyPay.js";
import { guardSetsAbi, guardSetsBytecode } from "./generated/GuardSets.js";
import { juriesAbi, juriesBytecode } from "./generated/Juries.js";
import { stakeSlasherAbi, stakeSlasherBytecode } from "./generated/StakeSlasher.js";
import { workRecordsAbi, workRecordsBytecode } from "./generated/WorkRecords.js";

const NO_DRAND: DrandNetwork = { publicKey: "0x", genesis: 0, periodSeconds: 0 };

const GUARDS_CONTRACTS = [
  "guardSets",
  "attestations",
  "beacons",
  "workRecords",
  "duties",
  "dutyPay",
  "juries",
  "stakeSlasher",
] as const satisfies readonly ContractName[];
export type GuardsContract = (typeof GUARDS_CONTRACTS)[number];

/** Whether a contract is one of those by which guards attest, and judge. */
export function isGuardsContract(name: ContractName): name is GuardsContract {
  return GUARDS_CONTRACTS.some((one) => one === name);
}

/** Creation code of the guards' contracts with their arguments. */
export function guardDeployData(name: GuardsContract, facts: DeployFacts, at: (name: ContractName) => Address): Hex {
  switch (name) {
    case "guardSets": {
      const parts = {
        registry: at("registry"),
        stakeView: at("stakeView"),
        stakeMinWei: facts.guardStakeMinWei,
        hostedUntil: BigInt(facts.hostedUntil),
        t0: BigInt(facts.t0),
        epochSeconds: BigInt(facts.epochSeconds),
        owner: facts.owner,
      };
      return encodeDeployData({ abi: guardSetsAbi, bytecode: guardSetsBytecode, args: [parts] });
    }
    case "attestations":
      return encodeDeployData({ abi: attestationsAbi, bytecode: attestationsBytecode, args: [at("guardSets")] });
    case "beacons": {
      const { publicKey, genesis, periodSeconds } = facts.drand ?? NO_DRAND;
      const drand = { publicKey, genesis: BigInt(genesis), periodSeconds: BigInt(periodSeconds) };
      return encodeDeployData({ abi: beaconsAbi, bytecode: beaconsBytecode, args: [at("guardSets"), drand] });
    }
    case "workRecords": {
      const args = [at("registry"), at("guardSets")] as const;
      return encodeDeployData({ abi: workRecordsAbi, bytecode: workRecordsBytecode, args });
    }
    case "duties": {
      const args = [at("guardSets"), at("nodeLevels")] as const;
      return encodeDeployData({ abi: dutiesAbi, bytecode: dutiesBytecode, args });
    }
    case "dutyPay": {
      const args = [at("sessionPayment"), at("attestations"), at("registry")] as const;
      return encodeDeployData({ abi: dutyPayAbi, bytecode: dutyPayBytecode, args });
    }
    case "juries": {
      const parts = {
        cor: at("cor"),
        messenger: at("messenger"),
        registry: at("registry"),
        sessions: at("sessions"),
        beacons: at("beacons"),
        weights: at("nodeWeights"),
        pool: at("nodePool"),
        guardSets: at("guardSets"),
        duties: at("duties"),
        attestations: at("attestations"),
      };
      return encodeDeployData({ abi: juriesAbi, bytecode: juriesBytecode, args: [parts] });
    }
    case "stakeSlasher": {
      const parts = {
        cor: at("cor"),
        vault: at("stakeVault"),
        registry: at("registry"),
        messenger: at("messenger"),
        guardsChainId: BigInt(facts.chainId),
        guards: at("attestations"),
        juries: at("juries"),
      };
      return encodeDeployData({ abi: stakeSlasherAbi, bytecode: stakeSlasherBytecode, args: [parts] });
    }
  }
}
