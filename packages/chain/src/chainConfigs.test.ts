import type { NetworkPlan } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { opStackIntent, orbitConfig } from "./chainConfigs.js";

const account = (digit: string): `0x${string}` => `0x${digit.repeat(40)}`;
const operators = { owner: account("1"), batchPoster: account("2"), validator: account("3") };
const plan: NetworkPlan = {
  ...{ name: "clinic", chainId: 41_001, parent: { name: "local", chainId: 31_337 }, gasToken: "native" },
  members: [{ account: account("1"), role: "owner", team: "care" }],
  ...{ nodes: [], models: "any", services: [], teams: [{ name: "care", budgetWei: 1n }], budgetSeconds: 60 },
  limits: { sessionsPerMember: 1, tasksPerSession: 1, copies: 1, depositWeiPerSession: 1n },
  privacy: { level: "private", audit: ["none"], engine: "any" },
  ...{ retention: { accessLogSeconds: 60 }, regions: ["eu"], sinks: "none", uncovered: [] },
};

/** `table.name` of each line of such TOML as is written here, and its value. */
function fieldsOf(toml: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let table = "";
  for (const line of toml.split("\n").map((text) => text.trim())) {
    const [, head] = /^\[+([a-zA-Z0-9.]+)\]+$/.exec(line) ?? [];
    const [, name, value] = /^([a-zA-Z0-9]+) = (.+)$/.exec(line) ?? [];
    if (head !== undefined) table = `${head}.`;
    else if (name !== undefined && value !== undefined) fields.set(`${table}${name}`, value);
    else if (line !== "") throw new Error(`no TOML: ${line}`);
  }
  return fields;
}

describe("what other stacks' deployers are given", () => {
  it("names for Orbit what its SDK takes, with data kept by a committee, and COR for gas where it is told COR", () => {
    const arbitrum = {
      ...{ InitialChainOwner: account("1"), InitialArbOSVersion: 51, DataAvailabilityCommittee: true },
      ...{ MaxCodeSize: 24_576, MaxInitCodeSize: 49_152 },
    };
    const createRollup = {
      params: { chainId: 41_001, owner: account("1") },
      ...{ batchPosters: [account("2")], validators: [account("3")] },
    };
    const expected = { parentChainId: 31_337, prepareChainConfig: { chainId: 41_001, arbitrum }, createRollup };
    expect(orbitConfig(plan, operators)).toEqual(expected);
    const nativeToken = account("4");
    expect(orbitConfig(plan, { ...operators, cor: nativeToken }).createRollup).toEqual({
      ...createRollup,
      nativeToken,
    });
  });

  it("has in an intent for the OP Stack the fields that its deployer checks, and none of them zero or empty", () => {
    const fields = fieldsOf(opStackIntent(plan, operators));
    const vaults = ["baseFee", "l1Fee", "sequencerFee", "operatorFee"].map((vault) => `chains.${vault}VaultRecipient`);
    const roles = ["l1ProxyAdminOwner", "l2ProxyAdminOwner", "systemConfigOwner", "unsafeBlockSigner", "batcher"];
    expect([...fields.keys()]).toEqual([
      ...["configType", "l1ChainID", "fundDevAccounts", "l1ContractsLocator", "l2ContractsLocator"],
      ...["proxyAdminOwner", "protocolVersionsOwner", "guardian"].map((role) => `superchainRoles.${role}`),
      ...["chains.id", ...vaults],
      ...["eip1559DenominatorCanyon", "eip1559Denominator", "eip1559Elasticity", "gasLimit"].map((f) => `chains.${f}`),
      ...[...roles, "proposer", "challenger"].map((role) => `chains.roles.${role}`),
    ]);
    expect(fields.get("chains.id")).toBe(`"0x${(41_001).toString(16).padStart(64, "0")}"`);
    for (const value of fields.values()) expect(value).not.toMatch(/^(0|""|"0x0*")$/);
    const withCor = fieldsOf(opStackIntent({ ...plan, gasToken: "cor" }, operators));
    expect(withCor.get("chains.customGasToken.symbol")).toBe('"COR"');
  });
});
