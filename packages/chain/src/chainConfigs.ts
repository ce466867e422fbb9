import type { Address, NetworkPlan } from "@cortensor/protocol";
import { numberToHex } from "viem";

/** Blob of one code: the largest that Ethereum takes, and of what makes it. */
const CODE_BYTES_MAX = 24_576;
const INIT_CODE_BYTES_MAX = 49_152;
const ARBOS_VERSION = 51;
/** What the OP Stack's own standard chains have. */
const EIP1559 = { denominatorCanyon: 250, denominator: 50, elasticity: 6 } as const;
const GAS_LIMIT = 60_000_000;

/** Who has which part of a chain's running; the first owner unless said. */
export type ChainOperators = {
  readonly owner: Address;
  readonly batchPoster: Address;
  readonly validator: Address;
  /** COR on the parent chain, where the plan has it for gas. */
  readonly cor?: Address;
};

/**
 * What `createRollupPrepareDeploymentParamsConfig` and `prepareChainConfig` of Arbitrum's chain SDK take. AnyTrust: the chain's data stays with a
 * committee of the organisation's. Compatible by the SDK's published parameters, never executed here.
 */
export function orbitConfig(plan: NetworkPlan, operators: ChainOperators) {
  const { chainId } = plan;
  const arbitrum = {
    InitialChainOwner: operators.owner,
    InitialArbOSVersion: ARBOS_VERSION,
    DataAvailabilityCommittee: true,
    MaxCodeSize: CODE_BYTES_MAX,
    MaxInitCodeSize: INIT_CODE_BYTES_MAX,
  };
  return {
    parentChainId: plan.parent.chainId,
    prepareChainConfig: { chainId, arbitrum },
    createRollup: {
      params: { chainId, owner: operators.owner },
      batchPosters: [operators.batchPoster],
      validators: [operators.validator],
      ...(operators.cor === undefined ? {} : { nativeToken: operators.cor }),
    },
  };
}

/** An intent of `op-deployer`, in TOML, of the type `custom`. Compatible by its published fields, never executed here. */
export function opStackIntent(plan: NetworkPlan, operators: ChainOperators): string {
  const { owner, batchPoster, validator } = operators;
  const of = (value: string | number | boolean) => (typeof value === "string" ? `"${value}"` : String(value));
  const lines = (fields: Readonly<Record<string, string | number | boolean>>, indent = "") =>
    Object.entries(fields).map(([name, value]) => `${indent}${name} = ${of(value)}`);
  const vaults = ["baseFee", "l1Fee", "sequencerFee", "operatorFee"].map((vault) => [`${vault}VaultRecipient`, owner]);
  const roles = { l1ProxyAdminOwner: owner, l2ProxyAdminOwner: owner, systemConfigOwner: owner };
  return [
    ...lines({ configType: "custom", l1ChainID: plan.parent.chainId, fundDevAccounts: false }),
    ...lines({ l1ContractsLocator: "embedded", l2ContractsLocator: "embedded" }),
    "",
    "[superchainRoles]",
    ...lines({ proxyAdminOwner: owner, protocolVersionsOwner: owner, guardian: owner }, "  "),
    "",
    "[[chains]]",
    ...lines({ id: numberToHex(plan.chainId, { size: 32 }), ...Object.fromEntries(vaults) }, "  "),
    ...lines({ eip1559DenominatorCanyon: EIP1559.denominatorCanyon, eip1559Denominator: EIP1559.denominator }, "  "),
    ...lines({ eip1559Elasticity: EIP1559.elasticity, gasLimit: GAS_LIMIT }, "  "),
    "  [chains.roles]",
    ...lines({ ...roles, unsafeBlockSigner: batchPoster, batcher: batchPoster, proposer: validator }, "    "),
    ...lines({ challenger: validator }, "    "),
    ...(plan.gasToken === "cor"
      ? ["  [chains.customGasToken]", ...lines({ name: "Cortensor", symbol: "COR" }, "    ")]
      : []),
    "",
  ].join("\n");
}
