import { createSender, formatProfile, toNetworkProfile } from "@cortensor/chain";
import type { OpChain } from "@cortensor/rollup";
import { openFaucet } from "../../faucet.js";
import { writeFileWhole } from "../../home/writeFileWhole.js";
import { LAYER_CHAIN_IDS } from "../../startChain.js";
import { startChainChild } from "../chainChild.js";
import type { LayerPorts, Ports } from "../choosePorts.js";
import type { LocalParts } from "../localChildren.js";
import type { LocalGround, LocalPlace } from "../localGround.js";
import { startBaseLeg } from "./baseLeg.js";
import { depositCoins, lowerCor } from "./fundLayers.js";
import { keepRollupTime } from "./keepRollupTime.js";
import { giveCoins, type LayerSender, openLayerSender } from "./layerSender.js";
import { type DeployedHere, deployLocalLayers } from "./layersDeployment.js";
import { type LocalRollup, placeRollup, startRollupChild } from "./localRollup.js";
import { startPrivateLeg } from "./privateLeg.js";
import { startRelayChild } from "./relayChild.js";
import { openRollupKeys, type RollupKeys } from "./rollupKeys.js";
import { startSolanaLeg } from "./solanaLeg.js";
import { tellLayers } from "./tellLayers.js";

/** Coins that the faucet has on the L2: half of its own, for thousands of accounts. */
const FAUCET_WEI = 5n * 10n ** 21n;
/** Coins of whoever pays between chains, on each of them. */
const PAYER_WEI = 10n ** 19n;
const IDS = LAYER_CHAIN_IDS;

/** The chains that come before the first answer, and the faucet on each. */
type Chains = {
  readonly urls: { readonly l1: string; readonly l2: string; readonly base: string };
  readonly above: LayerSender;
  readonly below: LayerSender;
  readonly base: LayerSender;
  readonly rollup: OpChain;
  readonly isNew: boolean;
  readonly isReset: boolean;
};

/** An L1, an L2 above it by the OP Stack's own contracts, and a Base beside them; the rest comes behind the first answer. */
export async function startLayeredGround(parts: LocalParts, ports: Ports): Promise<LocalGround> {
  const { context, options } = parts;
  const { output, paths } = context;
  const { layers: layerPorts } = ports;
  if (layerPorts === undefined) throw new RangeError("layers have ports");
  const keysOpened = openRollupKeys(context.keystore({ mayGenerate: true }));
  keysOpened.catch(() => undefined);
  const chains = await startChains(parts, { l2: ports.rpc, ...layerPorts }, keysOpened);
  const { urls, isReset } = chains;
  const keys = await keysOpened;
  const { epochSeconds } = options;
  const asked = { urls, rollup: chains.rollup, isFresh: chains.isNew };
  const deployed = await deployLocalLayers(context, { ...asked, ...(epochSeconds && { epochSeconds }) });
  const profile = toNetworkProfile(deployed.layers, {});
  if (profile === undefined) throw new RangeError("what is deployed whole is a network");
  await writeFileWhole(paths.profile, formatProfile(profile));
  const said = deployed.isNew ? "Contracts are deployed" : "Contracts are there already";
  output.progress("contracts.ready", said, { addresses: profile.addresses });
  await fund(parts, { chains, deployed, keys });
  keepTime(parts, chains, keys);
  const endTelling = await tellLayers(parts, { keys, profile: deployed.file });
  const opened = openFaucet(profile);
  // One sender of a key on each chain.
  const faucet = { ...opened, send: chains.below.send, home: { ...opened.home, send: chains.above.send } };
  const onboarding = { ROUTER_ONBOARDING_KEY: keys.sponsor.key.expose(), ROUTER_ONBOARDING_PROFILE: deployed.file };
  return {
    ...{ profile, isNew: deployed.isNew, isReset, faucet, places: placesOf(urls), routerEnv: onboarding },
    startRest: async () => {
      const links = await startBaseLeg(parts, { layers: deployed.layers, ...chains });
      const { place, guardEnv } = await startSolanaLeg(parts, { faucet, port: layerPorts.solana });
      return { places: [place], guardEnv: { ...links, ...guardEnv } };
    },
    finish: async () => {
      await endTelling();
      const relay = startRelayChild(parts, { keys, profile: deployed.file });
      await relay.ready;
      output.progress("relay.ready", "A relayer tells layers of each other from now on");
      const l3 = { below: chains.below, cor: profile.addresses.cor, keys, l2Url: urls.l2, port: layerPorts.l3 };
      const { place, chainUrl } = await startPrivateLeg(parts, l3);
      // What the L3 sends up is the relayer's too.
      relay.startAgain({ RELAY_ROLLUPS: `${paths.rollup("l2")},${paths.rollup("l3")}=${chainUrl}` });
      return [place];
    },
  };
}

async function startChains(
  parts: LocalParts,
  ports: LayerPorts & { readonly l2: number },
  keysOpened: Promise<RollupKeys>,
): Promise<Chains> {
  const { context, clock } = parts;
  const { output, shutdown } = context;
  output.progress("chain.starting", "Starting L1 and Base (anvil)", { layer: "l1" });
  const [l1Url, baseUrl] = await Promise.all([
    startChainChild(parts, { name: "l1", port: ports.l1, args: ["--layer", "l1"] }),
    startChainChild(parts, { name: "base", port: ports.base, args: ["--layer", "base"] }),
  ]);
  output.progress("chain.ready", `L1 is ready on ${l1Url}, Base on ${baseUrl}`, { rpcUrl: l1Url, baseUrl });
  const l1 = { url: l1Url, chainId: IDS.l1 };
  const above = openLayerSender(l1);
  const rollup: LocalRollup = {
    layer: "l2",
    chainId: IDS.l2,
    hasWayOut: false,
    parent: { ...l1, sender: above, isRollup: false },
  };
  const keys = await keysOpened;
  const { chain, isNew, isReset } = await placeRollup(parts, rollup, keys);
  const l2Url = await startRollupChild(parts, rollup, { keys, port: ports.l2 });
  const below = openLayerSender({ url: l2Url, chainId: IDS.l2 });
  await depositCoins({ parent: above, child: below, clock, signal: shutdown.signal }, { chain, wei: FAUCET_WEI });
  output.progress("rollup.ready", `L2 is ready on ${l2Url}`, { layer: "l2", rpcUrl: l2Url });
  const base = openLayerSender({ url: baseUrl, chainId: IDS.base });
  return { urls: { l1: l1Url, l2: l2Url, base: baseUrl }, above, below, base, rollup: chain, isNew, isReset };
}

/** Coins for who pays between chains, on each, and COR for the faucet where sessions are. */
async function fund(
  { context, clock }: LocalParts,
  of: { readonly chains: Chains; readonly deployed: DeployedHere; readonly keys: RollupKeys },
): Promise<void> {
  const { above, below, base } = of.chains;
  const give = async (from: LayerSender) => {
    for (const { address } of [of.keys.relay, of.keys.sponsor]) await giveCoins(from, address, PAYER_WEI);
  };
  const way = { parent: above, child: below, clock, signal: context.shutdown.signal };
  const giveBelow = async () => {
    await give(below);
    await giveCoins(below, of.keys.challenger.address, PAYER_WEI);
  };
  await Promise.all([give(above).then(() => lowerCor(way, of.deployed.layers)), giveBelow(), give(base)]);
}

/** With a key that nobody sends with on the L2. */
function keepTime({ context, clock }: LocalParts, { below }: Chains, { challenger }: RollupKeys): void {
  const { output, shutdown } = context;
  const { client } = below;
  const sender = createSender({ client, chainId: IDS.l2, privateKey: challenger.key.expose() });
  const onError = () => output.warn("chain.silent", "The L2 doesn't answer");
  const time = keepRollupTime({ sender, clock, signal: shutdown.signal, onError });
  shutdown.add("L2's time", () => time);
}

function placesOf({ l1, l2, base }: Chains["urls"]): readonly LocalPlace[] {
  return [
    { layer: "L1", chainId: IDS.l1, url: l1, what: "anvil: COR, registry, stake, anchors" },
    { layer: "L2", chainId: IDS.l2, url: l2, what: "OP Stack chain: sessions, guards, queue" },
    { layer: "Base", chainId: IDS.base, url: base, what: "anvil: COR that came from the L2, and a till" },
  ];
}
