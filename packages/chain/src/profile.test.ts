import { describe, expect, it } from "vitest";
import { homeOf } from "./homeOf.js";
import { formatProfile, type NetworkProfile, parseProfile } from "./profile.js";

const at = (digit: string) => `0x${digit.repeat(40)}` as const;
const profile: NetworkProfile = {
  name: "somewhere",
  chainId: 42,
  rpcUrls: ["https://rpc.example", "http://127.0.0.1:8545"],
  addresses: {
    modules: at("1"),
    cor: at("2"),
    messenger: at("3"),
    stakeVault: at("4"),
    stakeView: at("5"),
    registry: at("6"),
    sessions: at("7"),
    sessionPayment: at("8"),
    routerBond: at("a"),
    rates: at("b"),
    compliance: at("c"),
    pause: at("d"),
    verifiers: at("e"),
    royalty: at("f"),
    setChallenges: at("0"),
    bondClaims: at("9"),
    nodeLevels: at("10").slice(0, 42) as `0x${string}`,
    guardSets: at("12").slice(0, 42) as `0x${string}`,
    attestations: at("13").slice(0, 42) as `0x${string}`,
    beacons: at("14").slice(0, 42) as `0x${string}`,
    workRecords: at("1f").slice(0, 42) as `0x${string}`,
    duties: at("1d").slice(0, 42) as `0x${string}`,
    dutyPay: at("20").slice(0, 42) as `0x${string}`,
    stakeSlasher: at("15").slice(0, 42) as `0x${string}`,
    juries: at("1b").slice(0, 42) as `0x${string}`,
    nodeWeights: at("16").slice(0, 42) as `0x${string}`,
    nodePool: at("17").slice(0, 42) as `0x${string}`,
    networkTasks: at("18").slice(0, 42) as `0x${string}`,
    sessionQueue: at("19").slice(0, 42) as `0x${string}`,
    onboarding: at("1c").slice(0, 42) as `0x${string}`,
    inferenceOracle: at("1a").slice(0, 42) as `0x${string}`,
    prekeys: at("1b").slice(0, 42) as `0x${string}`,
    grants: at("1c").slice(0, 42) as `0x${string}`,
  },
  epochSeconds: 600,
  t0: 1_700_000_000,
  deployBlock: 12_345_678_901_234_567_890n,
};

const { verifiers, stakeVault, stakeSlasher, ...serving } = profile.addresses;
const { modules, cor, messenger, compliance, pause, registry } = serving;
const contracts = {
  ...{ modules, cor, messenger, compliance, pause, registry, verifiers, stakeVault, stakeSlasher },
  ...{ registryReporter: at("a1").slice(0, 42), corVault: at("a2").slice(0, 42), guardSets: at("a3").slice(0, 42) },
};
const home = { chainId: 7, rpcUrls: ["https://home.example"], contracts, deployBlock: "5" };
const layered = { ...JSON.parse(formatProfile(profile)), addresses: serving, home };

describe("parseProfile", () => {
  it("reads back what formatProfile wrote, from text and from JSON", () => {
    expect(parseProfile(formatProfile(profile))).toEqual(profile);
    expect(parseProfile(JSON.parse(formatProfile(profile)))).toEqual(profile);
  });

  it("lower-cases addresses", () => {
    const cased = formatProfile(profile).replace(at("a"), `0x${"A".repeat(40)}`);
    expect(parseProfile(cased).addresses.routerBond).toBe(at("a"));
  });

  it("reads a home on another chain, and says for either kind where nodes and stake are", () => {
    const parsed = parseProfile(layered);
    expect(parseProfile(formatProfile(parsed))).toEqual(parsed);
    expect(homeOf(parsed)).toEqual({ chainId: 7, rpcUrls: home.rpcUrls, addresses: contracts });
    expect(homeOf(profile)).toMatchObject({
      chainId: 42,
      rpcUrls: profile.rpcUrls,
      addresses: { registry, stakeVault },
    });
    expect(homeOf(profile).addresses.registryReporter).toBeUndefined();
  });

  it.each([
    ["a home on the same chain", { ...layered, home: { ...home, chainId: 42 } }, "home.chainId: 42 is the serving"],
    [
      "a home without its vault",
      { ...layered, home: { ...home, contracts: { ...contracts, stakeVault: undefined } } },
      "home.contracts.stakeVault",
    ],
    [
      "a home without who tells of nodes",
      { ...layered, home: { ...home, contracts: { ...contracts, registryReporter: undefined } } },
      "home.contracts.registryReporter",
    ],
    [
      "a vault on both chains",
      { ...layered, addresses: { ...serving, stakeVault } },
      "addresses.stakeVault: stands at home",
    ],
    [
      "neither a vault nor a home",
      { ...layered, home: undefined, addresses: { ...serving, verifiers, stakeSlasher } },
      "addresses.stakeVault: is missing",
    ],
    ["no JSON", "{", "not JSON"],
    ["an unknown field", { ...JSON.parse(formatProfile(profile)), extra: 1 }, "extra"],
    ["no URL", { ...JSON.parse(formatProfile(profile)), rpcUrls: [] }, "rpcUrls"],
    ["a URL of another scheme", { ...JSON.parse(formatProfile(profile)), rpcUrls: ["ws://x"] }, "rpcUrls.0"],
    ["a chain id of zero", { ...JSON.parse(formatProfile(profile)), chainId: 0 }, "chainId"],
    ["a block that is no number", { ...JSON.parse(formatProfile(profile)), deployBlock: "-1" }, "deployBlock"],
  ])("refuses %s, and names it", (_, source, issue) => {
    expect(() => parseProfile(source)).toThrow(
      expect.objectContaining({ data: { code: "CHAIN_BAD_PROFILE", issues: [expect.stringContaining(issue)] } }),
    );
  });
});
