import { type ContractName, DEPLOY_ORDER, MODULE_NAMES } from "./deploySteps.js";
import type { LayerName, LayerProfile } from "./layerProfile.js";

/** What joins the layers of a network whose layers are several chains. A network on one chain has none of them. */
export const LINK_CONTRACTS = [
  "maker",
  "linkGuards",
  "corMeter",
  "childCorMeter",
  "childMessenger",
  "parentBlocks",
  "blockReporter",
  "registryReporter",
  "corVault",
  "anchors",
  "anchorSender",
  "networkState",
  "entryMeter",
  "entryMessenger",
  "entryVault",
  "onboardingTill",
] as const;

export type LinkContract = (typeof LINK_CONTRACTS)[number];
/** A contract of a network, whichever layers are chains of their own. */
export type LayerContract = ContractName | LinkContract;

/** On each chain, in this order: a constructor asks only what stands before it. */
const BEFORE = ["maker", "compliance", "pause", "verifiers", "linkGuards"] as const;
const METERS = ["corMeter", "childCorMeter", "entryMeter"] as const;
const LINKS = ["messenger", "childMessenger", "entryMessenger", "parentBlocks", "blockReporter"] as const;
const COINS = ["cor", "corVault", "entryVault"] as const;
const AFTER = ["onboardingTill", "anchors", "anchorSender", "modules", "networkState"] as const;
const PLACED: ReadonlySet<LayerContract> = new Set([...BEFORE, ...METERS, ...LINKS, ...COINS, ...AFTER]);
export const LAYER_ORDER: readonly LayerContract[] = [
  ...BEFORE,
  ...METERS,
  ...LINKS,
  ...COINS,
  ...DEPLOY_ORDER.filter((name) => !PLACED.has(name)).flatMap((name): readonly LayerContract[] =>
    name === "registry" ? ["registry", "registryReporter"] : [name],
  ),
  ...AFTER,
];

/** Names under which `Modules` knows what joins layers. */
const LINK_NAMES: Readonly<Record<LinkContract, string>> = {
  maker: "LayerMaker",
  linkGuards: "LinkGuards",
  corMeter: "CorMeter",
  childCorMeter: "ChildCorMeter",
  childMessenger: "ChildMessenger",
  parentBlocks: "ParentBlocks",
  blockReporter: "BlockReporter",
  registryReporter: "RegistryReporter",
  corVault: "CorVault",
  anchors: "Anchors",
  anchorSender: "AnchorSender",
  networkState: "NetworkState",
  entryMeter: "EntryMeter",
  entryMessenger: "EntryMessenger",
  entryVault: "EntryVault",
  onboardingTill: "OnboardingTill",
};

/** The name under which `Modules` knows a contract; `Modules` isn't in its own list. */
export function moduleNameOf(name: LayerContract): string | undefined {
  if (name === "modules") return undefined;
  return isLinkContract(name) ? LINK_NAMES[name] : MODULE_NAMES[name];
}

export function isLinkContract(name: LayerContract): name is LinkContract {
  return LINK_CONTRACTS.some((one) => one === name);
}

/** One layer's chain and the next one's, where they are two. */
export type Crossing = {
  readonly parent: string;
  readonly child: string;
  readonly link: LayerProfile["links"][number];
};

/** Where a network's messages leave a chain: L1 and L2, and L2 and L3, as far as they are different chains. */
export function crossingsOf({ layers: { l1, l2, l3 }, links }: LayerProfile): readonly Crossing[] {
  const pairs = [[l1, l2] as const, ...(l3 === undefined ? [] : [[l2, l3] as const])];
  return pairs
    .filter(([parent, child]) => parent !== child)
    .flatMap(([parent, child]) => {
      const link = links.find(({ from, to }) => from === parent && to === child);
      return link === undefined ? [] : [{ parent, child, link }];
    });
}

/** A chain beside the layers that wallets come from: its COR is the L2's, as that of a layer below. Undefined where none is. */
export function entryOf({ layers, links }: LayerProfile): Crossing | undefined {
  const child = layers.onboarding.find((chain) => ![layers.l1, layers.l2, layers.l3].includes(chain));
  const link = links.find(({ from, to }) => from === child && to === layers.l2);
  return child === undefined || link === undefined ? undefined : { parent: layers.l2, child, link };
}

/** What stands on such a chain beside what joins it to the L2. */
export const ENTRY_MODULES: readonly ContractName[] = ["cor", "messenger", "compliance", "pause", "modules"];

/** What a chain is to its neighbours. */
export type ChainPlace = {
  readonly chain: string;
  readonly layers: readonly LayerName[];
  /** The crossing that its `messenger` is an end of; undefined where that is a loopback. */
  readonly crossing?: Crossing;
  /** The crossing that its `childMessenger` is an end of. */
  readonly childCrossing?: Crossing;
  /** The crossing that its `entryMessenger` is an end of, on the L2. */
  readonly entryCrossing?: Crossing;
};

const LAYERS = ["l1", "l2", "l3"] as const satisfies readonly LayerName[];

/** `messenger` goes towards the L1, and on the L1 towards the L2; `childMessenger` from the L2 towards the L3. */
export function placeOf(profile: LayerProfile, chain: string): ChainPlace {
  const crossings = crossingsOf(profile);
  const entry = entryOf(profile);
  const upward = [...crossings, ...(entry === undefined ? [] : [entry])].find(({ child }) => child === chain);
  const layers = LAYERS.filter((layer) => profile.layers[layer] === chain);
  const downward = crossings.find(({ parent }) => parent === chain);
  const isRoot = upward === undefined && !layers.includes("l2");
  const crossing = upward ?? (isRoot ? downward : undefined);
  const childCrossing = downward === crossing ? undefined : downward;
  return {
    ...{ chain, layers },
    ...(crossing && { crossing }),
    ...(childCrossing && { childCrossing }),
    ...(entry?.parent === chain && { entryCrossing: entry }),
  };
}

/** Whether a contract of a chain stands at an address that is known before: both ends of what crosses name each other from their birth. */
export function isMade(profile: LayerProfile, chain: string, name: LayerContract): boolean {
  const { crossing, childCrossing, entryCrossing } = placeOf(profile, chain);
  const isBelow = crossing?.child === chain;
  switch (name) {
    case "messenger":
    case "stakeSlasher":
      return crossing !== undefined;
    case "cor":
    case "registry":
    case "parentBlocks":
      return isBelow;
    case "childMessenger":
      return childCrossing !== undefined;
    case "entryMessenger":
    case "entryVault":
      return entryCrossing !== undefined;
    case "corVault":
    case "registryReporter":
    case "blockReporter":
    case "anchors":
    case "anchorSender":
      return true;
    default:
      return false;
  }
}

/** What a chain gets beside the profile's own modules: it follows from its crossings. */
export function linkContractsOf(profile: LayerProfile, chain: string): readonly LinkContract[] {
  const { crossing, childCrossing, entryCrossing, layers } = placeOf(profile, chain);
  if (crossing === undefined && childCrossing === undefined && entryCrossing === undefined) return [];
  const isQuorum = (one: Crossing | undefined) => one?.link.messenger === "quorum";
  const hasBelow = crossing?.parent === chain || childCrossing !== undefined;
  const isFirstAway = profile.layers.l1 !== profile.layers.l2;
  const wanted: Readonly<Record<LinkContract, boolean>> = {
    maker: true,
    linkGuards: isQuorum(crossing) || isQuorum(childCrossing) || isQuorum(entryCrossing),
    corMeter: isQuorum(crossing),
    childCorMeter: isQuorum(childCrossing),
    childMessenger: childCrossing !== undefined,
    parentBlocks: layers.includes("l2") && isFirstAway,
    blockReporter: layers.includes("l1") && isFirstAway,
    registryReporter: hasBelow,
    corVault: hasBelow,
    anchors: layers.includes("l1") && isFirstAway,
    anchorSender: layers.includes("l2") && isFirstAway,
    networkState: layers.includes("l1") && isFirstAway,
    entryMeter: isQuorum(entryCrossing),
    entryMessenger: entryCrossing !== undefined,
    entryVault: entryCrossing !== undefined,
    onboardingTill: profile.layers.onboarding.includes(chain) && chain !== profile.layers.l2,
  };
  return LINK_CONTRACTS.filter((name) => wanted[name]);
}
