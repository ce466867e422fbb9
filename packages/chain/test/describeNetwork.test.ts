import { afterAll, beforeAll, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { CONTRACT_ABIS } from "../src/contractAbis.js";
import { type ContractName, DEPLOY_ORDER } from "../src/deploySteps.js";
import { type ChainReader, createChainReader, deployNetwork, describeNetwork } from "../src/index.js";
import { MODULE_POWERS } from "../src/modulePowers.js";
import { keptCalls, refusalsOf, unheardRefusals, unknownRefusals } from "./keptCalls.js";
import { networkPage } from "./networkPage.js";

let anvil: RunningAnvil;
let chain: ChainReader;
beforeAll(async () => {
  anvil = await startAnvil({ chainId: 31_337 });
  const profile = await deployNetwork({
    ...{ name: "single", chainId: 31_337, rpcUrls: [anvil.url], privateKey: anvilKey(0), epochSeconds: 30 },
    save: () => undefined,
  });
  chain = createChainReader({ profile });
});
afterAll(() => anvil?.stop());

const addresses = () => ({ ...chain.profile.addresses, ...chain.home.profile.addresses });
const keptCallsOf = (module: ContractName) =>
  keptCalls({ client: chain.client, address: addresses()[module], abi: CONTRACT_ABIS[module].abi });

it("names every call that a contract keeps for its owner, poster, assessors or deployer, and no other", async () => {
  for (const module of DEPLOY_ORDER) {
    const powers = (MODULE_POWERS[module] ?? []).map(({ call, who }) => `${call} by the ${who}`);
    expect([module, ...(await keptCallsOf(module))]).toEqual([module, ...powers.sort()]);
  }
});

it("knows of each refusal of a caller whether it keeps a call for an account", () => {
  const refusals = DEPLOY_ORDER.flatMap((module) => refusalsOf(CONTRACT_ABIS[module].abi));
  expect(unknownRefusals(refusals)).toEqual([]);
  // Only a link by quorum has a challenger: `layers.test.ts` hears of it.
  expect(unheardRefusals(refusals)).toEqual(["NotChallenger"]);
});

it("is what the page says", async () => {
  const page = networkPage(await describeNetwork(chain), chain.profile);
  await expect(page).toMatchFileSnapshot("../../../docs/NETWORK.md");
});
