import { readFileSync } from "node:fs";
import { getContractAddress } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { createRpcClient } from "../src/chainReader.js";
import { DEPLOY_ORDER } from "../src/deploySteps.js";
import {
  createChainReader,
  type DeployedLayers,
  deployLayers,
  formatJournal,
  formatLayerProfile,
  type LayerProfile,
  parseJournal,
  parseLayerProfile,
  planHashOf,
  planLayers,
  toNetworkProfile,
  verifyNetwork,
} from "../src/index.js";

const key = anvilKey(9);
const DEPLOYER = "0xa0ee7a142d267c1f36714e4a8f75612f20a79720";
/** One write before the first contract, one before and one behind each; a deployer dies on either side of the disk at each. */
const DEATHS = 2 * (1 + 2 * DEPLOY_ORDER.length);

function shipped(name: string, urls: Readonly<Record<string, string>>): LayerProfile {
  const profile = parseLayerProfile(readFileSync(new URL(`../../../networks/${name}.json`, import.meta.url), "utf8"));
  const chains = Object.entries(profile.chains).map(([chain, was]) => [
    chain,
    { ...was, rpcUrls: [urls[chain] ?? "http://127.0.0.1:9"] },
  ]);
  return { ...profile, chains: Object.fromEntries(chains) };
}

/** A deployer whose journal is a text in `disk`, and which dies where `diesAt` says so of a write, before or behind the disk. */
function deployWith(
  profile: LayerProfile,
  disk: { text?: string },
  diesAt: (write: string) => "before" | "behind" | undefined = () => undefined,
): Promise<DeployedLayers> {
  return deployLayers({
    profile,
    env: {},
    privateKey: key,
    isPartial: false,
    ...(disk.text !== undefined && {
      journal: parseJournal(disk.text, { planHash: planHashOf(profile), privateKey: key }),
    }),
    async save(journal) {
      const { pending, addresses = {} } = journal.chains.main ?? {};
      const death = diesAt(pending === undefined ? `${Object.keys(addresses).length} stand` : `next ${pending.name}`);
      if (death !== "before") disk.text = formatJournal(journal, key);
      if (death !== undefined) throw new Error("killed");
    },
    onStep: () => undefined,
  });
}

describe("a profile on one chain", () => {
  let anvil: RunningAnvil;
  let profile: LayerProfile;
  beforeAll(async () => {
    anvil = await startAnvil({ chainId: 31_337 });
    profile = shipped("single", { main: anvil.url });
  });
  afterAll(() => anvil?.stop());
  const client = () => createRpcClient({ chainId: 31_337, rpcUrls: [anvil.url] }).client;
  const nonce = () => client().getTransactionCount({ address: DEPLOYER });
  const disk: { text?: string } = {};
  let done: DeployedLayers | undefined;

  it("is deployed once although its deployer dies at each of its writes, before the disk and behind it", async () => {
    const died = new Set<string>();
    const dieOnce = (write: string) => {
      const side = (["before", "behind"] as const).find((one) => !died.has(`${one} ${write}`));
      if (side !== undefined) died.add(`${side} ${write}`);
      return side;
    };
    for (let run = 0; run <= DEATHS && done === undefined; run += 1) {
      done = await deployWith(profile, disk, dieOnce).catch((error: Error) => {
        if (error.message !== "killed") throw error;
        return undefined;
      });
    }
    expect(died.size).toBe(DEATHS);
    if (done === undefined) throw new Error("nothing was deployed");
    expect(done.missing).toEqual([]);
    const { addresses = {}, codeHashes = {} } = done.profile.deployed?.main ?? {};
    expect(Object.keys(codeHashes).sort()).toEqual([...DEPLOY_ORDER].sort());
    const made = DEPLOY_ORDER.map((_name, at) =>
      getContractAddress({ from: DEPLOYER, nonce: BigInt(at) }).toLowerCase(),
    );
    expect(DEPLOY_ORDER.map((name) => addresses[name])).toEqual(made);
    const sent = await nonce();
    for (let at = DEPLOY_ORDER.length; at < sent; at += 1) {
      const address = getContractAddress({ from: DEPLOYER, nonce: BigInt(at) });
      expect((await client().getCode({ address })) ?? "0x").toBe("0x");
    }
  }, 300_000);

  it("is a network that nodes can read, and a second run of its deployer sends nothing", async () => {
    if (done === undefined) throw new Error("nothing was deployed");
    const network = toNetworkProfile(done.profile, {});
    if (network === undefined) throw new Error("it is no network");
    await verifyNetwork(createChainReader({ profile: network }));
    const before = await nonce();
    expect(await deployWith(profile, disk)).toEqual(done);
    // From the profile alone, where the journal is lost.
    expect(await deployWith(done.profile, {})).toEqual(done);
    expect(await nonce()).toBe(before);
    expect(parseLayerProfile(formatLayerProfile(done.profile))).toEqual(done.profile);
  });

  it("is refused by the contract's name where other code stands, or none", async () => {
    const stands = done?.profile.deployed?.main;
    const { registry, cor } = stands?.addresses ?? {};
    if (done === undefined || stands === undefined || registry === undefined || cor === undefined)
      throw new Error("nothing was deployed");
    const moved = (address: `0x${string}`): LayerProfile => ({
      ...profile,
      deployed: { main: { ...stands, addresses: { ...stands.addresses, registry: address } } },
    });
    await expect(deployWith(moved(cor), {})).rejects.toMatchObject({
      data: { code: "CHAIN_WRONG_CODE", contract: "registry", address: cor },
    });
    await expect(deployWith(moved(`0x${"77".repeat(20)}`), {})).rejects.toMatchObject({
      data: { code: "CHAIN_NO_CONTRACT", contract: "registry" },
    });
    const before = await nonce();
    await client().request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({
      method: "anvil_setCode",
      params: [registry, "0x00"],
    });
    await expect(deployWith(profile, disk)).rejects.toMatchObject({
      data: { code: "CHAIN_WRONG_CODE", contract: "registry", address: registry },
    });
    expect(await nonce()).toBe(before);
  });
});

describe("a profile over several chains", () => {
  const anvils: RunningAnvil[] = [];
  let profile: LayerProfile;
  beforeAll(async () => {
    const urls: Record<string, string> = {};
    for (const [chain, chainId] of Object.entries({ l1: 31_401, l2: 31_402, l3: 31_403, base: 31_404 })) {
      const anvil = await startAnvil({ chainId });
      anvils.push(anvil);
      urls[chain] = anvil.url;
    }
    profile = shipped("local", urls);
  });
  afterAll(() => Promise.all(anvils.map((anvil) => anvil.stop())));
  /** Its links by rollups whose own contracts nobody named. */
  const withoutFacts = (): LayerProfile => ({
    ...profile,
    links: profile.links.map(({ from, to }) => ({ from, to, messenger: "opStack" })),
  });
  const deploy = (of: LayerProfile, isPartial: boolean) =>
    deployLayers({
      profile: of,
      env: {},
      privateKey: key,
      isPartial,
      save: async () => undefined,
      onStep: () => undefined,
    });

  it("is refused before anything is sent, with each part that isn't built", async () => {
    await expect(deploy(withoutFacts(), false)).rejects.toMatchObject({
      data: { code: "CHAIN_INCOMPLETE", profile: "local" },
    });
    const client = createRpcClient({ chainId: 31_401, rpcUrls: [anvils[0]?.url ?? ""] }).client;
    expect(await client.getTransactionCount({ address: DEPLOYER })).toBe(0);
  });

  it("is deployed as far as it can be when it is asked for, says what is missing, and is no network yet", async () => {
    const partial = withoutFacts();
    const { profile: stands, missing } = await deploy(partial, true);
    for (const { chain, order } of planLayers(partial))
      expect(Object.keys(stands.deployed?.[chain]?.addresses ?? {}).sort()).toEqual([...order].sort());
    expect(missing).toContain("l1: messenger waits for the OP Stack's own messengers of l1→l2");
    expect(missing).toContain("l2: cor waits for messenger, which is missing");
    expect(toNetworkProfile(stands, {})).toBeUndefined();
  });
});
