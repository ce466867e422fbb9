import type { Address, Hex } from "@cortensor/protocol";
import { encodeDeployData } from "viem";
import type { ContractName, DeployFacts } from "./deploySteps.js";
import { attestationsAbi, attestationsBytecode } from "./generated/Attestations.js";
import { beaconsAbi, beaconsBytecode } from "./generated/Beacons.js";
import { dutiesAbi, dutiesBytecode } from "./generated/Duties.js";
import { equivocationSlashAbi, equivocationSlashBytecode } from "./generated/EquivocationSlash.js";
import { guardSetsAbi, guardSetsBytecode } from "./generated/GuardSets.js";
import { workRecordsAbi, workRecordsBytecode } from "./generated/WorkRecords.js";

/** Creation code of the guards' contracts with their arguments. */
export function guardDeployData(
  name: "guardSets" | "attestations" | "beacons" | "workRecords" | "duties" | "equivocationSlash",
  facts: DeployFacts,
  at: (name: ContractName) => Address,
): Hex {
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
    case "beacons":
      return encodeDeployData({ abi: beaconsAbi, bytecode: beaconsBytecode, args: [at("guardSets")] });
    case "workRecords": {
      const args = [at("registry"), at("guardSets")] as const;
      return encodeDeployData({ abi: workRecordsAbi, bytecode: workRecordsBytecode, args });
    }
    case "duties": {
      const args = [at("guardSets"), at("nodeLevels")] as const;
      return encodeDeployData({ abi: dutiesAbi, bytecode: dutiesBytecode, args });
    }
    case "equivocationSlash": {
      const vault = [at("cor"), at("stakeVault"), at("registry")] as const;
      const args = [...vault, BigInt(facts.chainId), at("attestations")] as const;
      return encodeDeployData({ abi: equivocationSlashAbi, bytecode: equivocationSlashBytecode, args });
    }
  }
}
