import { join } from "node:path";
import { lockCor, parseExitPlace, parseProfile } from "@cortensor/chain";
import { type Address, type NetworkPlan, planOfTemplate } from "@cortensor/protocol";
import { pickFreePort } from "@cortensor/runtime";
import { erc20Abi } from "viem";
import { type PlanPlace, planPlace, readTemplate, writePlan } from "../../chains/planPlace.js";
import { readFileIfThere } from "../../home/writeFileWhole.js";
import { FAUCET_KEY, LAYER_CHAIN_IDS } from "../../startChain.js";
import { LOOK_MS } from "../localAccess.js";
import { ENTRY, type LocalParts } from "../localChildren.js";
import type { LocalPlace } from "../localGround.js";
import { superviseChild } from "../superviseChild.js";
import { depositCoins } from "./fundLayers.js";
import { giveCoins, type LayerSender, openLayerSender } from "./layerSender.js";
import { type LocalRollup, placeRollup, startRollupChild } from "./localRollup.js";
import { openPrivateKeys, type PrivateKeys, startPrivateNodes } from "./privateNodes.js";
import type { RollupKeys } from "./rollupKeys.js";

/** The private network's name, and the template that it is made from. */
const NAME = "l3";
const TEMPLATE = "research";
/** Coins that its deployer has on its chain, to give members and nodes gas. */
const COINS_WEI = 10n ** 20n;
/** What each member and node is given there. */
const GAS_WEI = 10n ** 18n;
const GIFT_WEI = 1_000n * 10n ** 18n;

export type PrivateLegParts = {
  readonly below: LayerSender;
  /** COR on the L2. */
  readonly cor: Address;
  readonly keys: RollupKeys;
  /** Where the L2 answers. */
  readonly l2Url: string;
  /** Of its door. */
  readonly port: number;
};

/** A private network above the L2: an OP Stack chain whose parent is the L2, the contracts behind their gate, the door, and a router and a miner of its own. */
export async function startPrivateLeg(
  parts: LocalParts,
  of: PrivateLegParts,
): Promise<{ readonly place: LocalPlace; readonly chainUrl: string }> {
  const { context, clock } = parts;
  const { output, shutdown, paths } = context;
  const { below, keys, l2Url } = of;
  const chainId = LAYER_CHAIN_IDS.l3;
  const parent = { url: l2Url, chainId: LAYER_CHAIN_IDS.l2, sender: below, isRollup: true };
  const rollup: LocalRollup = { layer: "l3", chainId, hasWayOut: true, parent };
  const own = await openPrivateKeys(context.keystore({ mayGenerate: true }));
  const { chain } = await placeRollup(parts, rollup, keys);
  const chainUrl = await startRollupChild(parts, rollup, { keys, port: await pickFreePort() });
  const child = openLayerSender({ url: chainUrl, chainId });
  await depositCoins({ parent: below, child, clock, signal: shutdown.signal }, { chain, wei: COINS_WEI });
  const place = planPlace(paths.home, NAME);
  if ((await readFileIfThere(place.plan)) === undefined) await writePlan(place, await planOf(own));
  output.progress("l3.deploying", "Deploying the L3's contracts behind their gate", { layer: "l3" });
  const door = await startDoor(parts, { chainUrl, ...of });
  await fundMembers(parts, { ...of, child, place, own });
  output.progress("l3.ready", `L3 ${NAME} lets its members in at ${door}`, {
    layer: "l3",
    door,
    profile: place.profile,
  });
  const url = await startPrivateNodes(parts, { keys: own, chainUrl, place });
  output.progress("l3.nodes", `A router of the L3's own answers on ${url}`, { layer: "l3", url });
  const member = own.member.name;
  const what = `OP Stack chain above the L2, private: router ${url}, key ${member} is a member's`;
  const l3 = { profile: place.profile, router: url, member };
  return { place: { layer: "L3", chainId, url: door, what, l3 }, chainUrl };
}

async function planOf({ owner, member, nodes }: PrivateKeys): Promise<NetworkPlan> {
  const template = await readTemplate(TEMPLATE);
  const [team = { name: "" }] = template.teams;
  const [region = ""] = template.regions;
  return planOfTemplate(template, {
    ...{ name: NAME, chainId: LAYER_CHAIN_IDS.l3, parent: { name: "l2", chainId: LAYER_CHAIN_IDS.l2 } },
    ...{ gasToken: "native", models: [] },
    members: [
      { account: owner.address, role: "owner", team: team.name },
      { account: member.address, role: "member", team: team.name },
    ],
    nodes: nodes.map(({ address }) => ({ account: address, region })),
  });
}

/** Play money for who is on the network's list: coins of its chain, and COR that comes down from the L2. */
async function fundMembers(
  { context, clock }: LocalParts,
  of: Pick<PrivateLegParts, "below" | "cor"> & {
    readonly child: LayerSender;
    readonly place: PlanPlace;
    readonly own: PrivateKeys;
  },
): Promise<void> {
  const { below, cor, child, place, own } = of;
  const { vault } = parseExitPlace((await readFileIfThere(place.exit)) ?? "");
  const ours = parseProfile((await readFileIfThere(place.profile)) ?? "").addresses.cor;
  const balance = (to: Address) =>
    child.client.readContract({ address: ours, abi: erc20Abi, functionName: "balanceOf", args: [to] });
  for (const { address } of [own.owner, own.member, ...own.nodes]) {
    await giveCoins(child, address, GAS_WEI);
    if ((await balance(address)) > 0n) continue;
    await lockCor(below, { cor, vault, to: address, amountWei: GIFT_WEI });
    while ((await balance(address)) === 0n) await clock.sleep(LOOK_MS, context.shutdown.signal);
  }
}

async function startDoor(
  { context, clock, random }: LocalParts,
  of: Pick<PrivateLegParts, "cor" | "l2Url" | "port"> & { readonly chainUrl: string },
): Promise<string> {
  const { output, shutdown, paths } = context;
  const above = ["--rollup", paths.rollup("l3"), "--chain", of.chainUrl, "--parent", of.l2Url, "--parent-cor", of.cor];
  const args = ["--home", paths.home, "chain", "serve", NAME, ...above, "--listen", String(of.port)];
  const env = { ...process.env, ROLLUP_DEPLOYER_KEY: FAUCET_KEY };
  const spec = { name: "l3-door", entry: ENTRY, args, env, logFile: join(paths.logs, "l3-door.log") };
  const child = superviseChild(spec, { output, clock, random });
  shutdown.add("L3's door", () => child.stop());
  const { door } = await child.ready;
  return String(door);
}
