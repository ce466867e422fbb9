import { readFileSync } from "node:fs";
import {
  createSender,
  type DeployedLayers,
  deployLayers,
  type LayerContract,
  lockCor,
  type OnboardingPlace,
  type OnboardingPlaces,
  openSponsorChain,
  parseLayerProfile,
  placesOfLayers,
  takeCall,
  toNetworkProfile,
} from "@cortensor/chain";
import { type Address, addressOfPrivateKey, type Hex } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { corAbi } from "../../chain/src/generated/Cor.js";
import { relay } from "../../chain/test/quorumRelay.js";
import { guardKeys } from "../../chain/test/twoLayers.js";
import { clientOf, deployerKey } from "./onboardingNetwork.js";
import { giveTo, orderFrom, signedBy } from "./onboardingOrders.js";

const COR = 10n ** 18n;
const EPOCH_SECONDS = 30;
const CHAINS = { l1: 31_401, l2: 31_402, base: 31_404 } as const;
type Chain = keyof typeof CHAINS;
const WALLET_KEY: Hex = `0x${"c3".repeat(32)}`;
const WALLET = addressOfPrivateKey(WALLET_KEY);
const SPONSOR_KEY = anvilKey(8);
const ROUTER = addressOfPrivateKey(anvilKey(4));

/** `local` without its L3, on chains that stand. */
function profileOf(anvils: Readonly<Record<Chain, RunningAnvil>>) {
  const local = JSON.parse(readFileSync(new URL("../../../networks/local.json", import.meta.url), "utf8"));
  const firstGuards = guardKeys.map(addressOfPrivateKey);
  const quorum = { firstGuards, challengeSeconds: 0, windowSeconds: 86_400, capWei: (1_000n * COR).toString() };
  const chain = (name: Chain) => [name, { ...local.chains[name], rpcUrls: [anvils[name].url] }];
  const { l1, l2 } = local.modules;
  return parseLayerProfile({
    ...local,
    chains: Object.fromEntries((["l1", "l2", "base"] as const).map(chain)),
    layers: { l1: "l1", l2: "l2", onboarding: ["l1", "base"] },
    links: (["l1", "base"] as const).map((from) => ({ from, to: "l2", messenger: "quorum", quorum })),
    modules: { l1, l2 },
    parameters: { epochSeconds: EPOCH_SECONDS },
  });
}

describe("orders of a network over three chains", { timeout: 300_000 }, () => {
  let anvils: Record<Chain, RunningAnvil>;
  let done: DeployedLayers;
  let places: OnboardingPlaces;
  const at = (chain: Chain, name: LayerContract): Address =>
    done.profile.deployed?.[chain]?.addresses[name] ?? expect.unreachable();
  const senderAt = (chain: Chain) =>
    createSender({ client: clientOf(anvils[chain]), chainId: CHAINS[chain], privateKey: deployerKey });

  beforeAll(async () => {
    const start = async (name: Chain) => [name, await startAnvil({ chainId: CHAINS[name] })] as const;
    const [l1, l2, base] = await Promise.all([start("l1"), start("l2"), start("base")]);
    anvils = { l1: l1[1], l2: l2[1], base: base[1] };
    const request = { env: {}, privateKey: deployerKey, isPartial: false, onStep: () => undefined };
    done = await deployLayers({ ...request, profile: profileOf(anvils), save: async () => undefined });
    places = placesOfLayers(done.profile, {});
    await fund();
  }, 300_000);
  afterAll(async () => {
    await Promise.all(Object.values(anvils ?? {}).map((anvil) => anvil.stop()));
  });

  /** The wallet has 2 COR on each chain. */
  async function fund(): Promise<void> {
    const args = [WALLET, 2n * COR] as const;
    const data = encodeFunctionData({ abi: corAbi, functionName: "transfer", args });
    await senderAt("l1").send({ call: "transfer", to: at("l1", "cor"), data });
    const deployer = addressOfPrivateKey(deployerKey);
    const down = { cor: at("l1", "cor"), vault: at("l1", "corVault") };
    await lockCor(senderAt("l1"), { ...down, to: WALLET, amountWei: 2n * COR });
    await lockCor(senderAt("l1"), { ...down, to: deployer, amountWei: 2n * COR });
    await carry(["l1", "messenger"], ["l2", "messenger"]);
    const on = { cor: at("l2", "cor"), vault: at("l2", "entryVault"), to: WALLET };
    await lockCor(senderAt("l2"), { ...on, amountWei: 2n * COR });
    await carry(["l2", "entryMessenger"], ["base", "messenger"]);
  }
  async function carry(from: readonly [Chain, LayerContract], to: readonly [Chain, LayerContract]): Promise<void> {
    const end = ([chain, messenger]: typeof from) => ({
      ...{ client: clientOf(anvils[chain]), sender: senderAt(chain), chainId: CHAINS[chain] },
      messenger: at(chain, messenger),
    });
    const { t0 } = toNetworkProfile(done.profile, {}) ?? expect.unreachable();
    await relay({ from: end(from), to: end(to), isGiven: () => true, guardKeys, t0, epochSeconds: EPOCH_SECONDS });
  }

  it("are refused over every pair of them, as signed and as if signed for the other, and twice on their own", async () => {
    const { serving, chains } = places;
    expect(chains.map(({ name }) => name)).toEqual(["l2", "l1", "base"]);
    let number = 0;
    const orderOf = (own: OnboardingPlace) => {
      number += 1;
      const sponsor = addressOfPrivateKey(SPONSOR_KEY);
      return orderFrom(own, serving, { from: WALLET, number, router: ROUTER, sponsor });
    };
    const sponsorOn = (place: OnboardingPlace) => openSponsorChain(place, { privateKey: SPONSOR_KEY });
    const refuses = (sent: Promise<unknown>, error: string) =>
      expect(sent).rejects.toMatchObject({ data: { code: "CHAIN_REVERTED", error } });
    for (const own of chains) {
      const signed = await signedBy(WALLET_KEY, orderOf(own));
      for (const other of chains.filter(({ name }) => name !== own.name)) {
        const there = orderOf(other);
        const renamed = { source: there.source, transfer: { ...signed.order.transfer, taker: there.transfer.taker } };
        const asIfForIt = { order: { ...signed.order, ...renamed }, signature: signed.signature };
        await refuses(sponsorOn(other).send(giveTo(other, serving, signed)), "OrderForeign");
        await refuses(sponsorOn(other).send(giveTo(other, serving, asIfForIt)), "TransferForeign");
      }
      await sponsorOn(own).send(takeCall(signed, 0n));
      const again = own.name === serving.name ? "OrderDone" : "TransferNonceUsed";
      await refuses(sponsorOn(own).send(takeCall(signed, 0n)), again);
    }
  });
});
