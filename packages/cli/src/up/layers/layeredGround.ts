import { formatProfile, toNetworkProfile } from "@cortensor/chain";
import { openFaucet } from "../../faucet.js";
import { writeFileWhole } from "../../home/writeFileWhole.js";
import { LAYER_CHAIN_IDS } from "../../startChain.js";
import { startChainChild } from "../chainChild.js";
import type { Ports } from "../choosePorts.js";
import type { LocalParts } from "../localChildren.js";
import type { LocalGround } from "../localGround.js";
import { keepRollupTime } from "./keepRollupTime.js";
import { deployLocalLayers } from "./layersDeployment.js";
import { depositCoins, lowerCor } from "./fundLayers.js";
import { giveCoins, openLayerSender } from "./layerSender.js";
import { type LocalRollup, placeRollup, startRollupChild } from "./localRollup.js";
import { startPrivateLeg } from "./privateLeg.js";
import { startRelayChild } from "./relayChild.js";
import { openRollupKeys } from "./rollupKeys.js";
import { tellLayers } from "./tellLayers.js";
import { startSolanaLeg } from "./solanaLeg.js";

/** Coins that the faucet has on the L2: half of its own, for thousands of accounts. */
const FAUCET_WEI = 5n * 10n ** 21n;
/** Coins of whoever tells layers of each other, on each of them. */
const RELAY_WEI = 10n ** 19n;

/** An L1, and an L2 above it by the OP Stack's own contracts; the rest comes behind the first answer. */
export async function startLayeredGround(parts: LocalParts, ports: Ports): Promise<LocalGround> {
  const { context, clock, options } = parts;
  const { output, shutdown, paths } = context;
  if (ports.layers === undefined) throw new RangeError("layers have ports");
  const keysOpened = openRollupKeys(context.keystore({ mayGenerate: true }));
  keysOpened.catch(() => undefined);
  output.progress("chain.starting", "Starting the L1 (anvil)", { layer: "l1" });
  const l1Url = await startChainChild(parts, { name: "l1", port: ports.layers.l1, args: ["--layer", "l1"] });
  output.progress("chain.ready", `L1 is ready on ${l1Url}`, { layer: "l1", rpcUrl: l1Url });
  const l1 = { url: l1Url, chainId: LAYER_CHAIN_IDS.l1, isRollup: false };
  const above = openLayerSender(l1);
  const rollup: LocalRollup = { layer: "l2", chainId: LAYER_CHAIN_IDS.l2, parent: { ...l1, sender: above } };
  const keys = await keysOpened;
  const placed = await placeRollup(parts, rollup, keys);
  const l2Url = await startRollupChild(parts, rollup, { keys, port: ports.rpc });
  const below = openLayerSender({ url: l2Url, chainId: rollup.chainId });
  const way = { parent: above, child: below, clock, signal: shutdown.signal };
  await depositCoins(way, { chain: placed.chain, wei: FAUCET_WEI });
  output.progress("rollup.ready", `L2 is ready on ${l2Url}`, { layer: "l2", rpcUrl: l2Url });
  const deployed = await deployLocalLayers(context, {
    urls: { l1: l1Url, l2: l2Url },
    rollup: placed.chain,
    isFresh: placed.isNew,
    ...(options.epochSeconds === undefined ? {} : { epochSeconds: options.epochSeconds }),
  });
  const profile = toNetworkProfile(deployed.layers, {});
  if (profile === undefined) throw new RangeError("what is deployed whole is a network");
  await writeFileWhole(paths.profile, formatProfile(profile));
  output.progress("contracts.ready", deployed.isNew ? "Contracts are deployed" : "Contracts are there already", {
    addresses: profile.addresses,
  });
  await Promise.all([
    giveCoins(above, keys.relay.address, RELAY_WEI).then(() => lowerCor(way, deployed.layers)),
    giveCoins(below, keys.relay.address, RELAY_WEI),
  ]);
  const endTelling = await tellLayers(parts, { keys, profile: deployed.file });
  const time = keepRollupTime({
    sender: below,
    clock,
    signal: shutdown.signal,
    onError: () => output.warn("chain.silent", "The l2 doesn't answer"),
  });
  shutdown.add("l2's time", () => time);
  const faucet = openFaucet(profile);
  const { solana, l3 } = ports.layers;
  return {
    profile,
    isNew: deployed.isNew,
    isReset: placed.isReset,
    faucet,
    places: [
      { layer: "L1", chainId: l1.chainId, url: l1Url, what: "anvil: COR, registry, stake, anchors" },
      { layer: "L2", chainId: rollup.chainId, url: l2Url, what: "OP Stack chain: sessions, guards, queue" },
    ],
    startRest: async () => {
      const leg = await startSolanaLeg(parts, { faucet, port: solana });
      return { places: [leg.place], guardEnv: leg.guardEnv };
    },
    finish: async () => {
      await endTelling();
      await startRelayChild(parts, { keys, profile: deployed.file }).ready;
      output.progress("relay.ready", "A relayer tells layers of each other from now on");
      return [await startPrivateLeg(parts, { below, keys, l2Url, port: l3 })];
    },
  };
}
