import { zeroAddress } from "viem";
import { deployFacts } from "./deployFacts.js";
import { DEPLOY_ORDER, deployData } from "./deploySteps.js";
import { layerDeployData } from "./layerDeployData.js";
import {
  crossingsOf,
  ENTRY_MODULES,
  entryOf,
  isLinkContract,
  isMade,
  LAYER_ORDER,
  type LayerContract,
  linkContractsOf,
  placeOf,
} from "./layerModules.js";
import type { LayerName, LayerProfile } from "./layerProfile.js";
import { missingFacts } from "./linkDeployData.js";

/** One contract of one chain. */
export type LayerStep = { readonly chain: string; readonly module: LayerContract };

export type ChainPlan = {
  /** The chain's name in the profile. */
  readonly chain: string;
  readonly layers: readonly LayerName[];
  /** What can be deployed there today, each after what it needs. */
  readonly order: readonly LayerContract[];
  /** What can't, and what it waits for. */
  readonly missing: readonly { readonly module: LayerContract; readonly waitsFor: string }[];
};

/** A whole deployment: what goes when, over all chains, and what can't. */
export type LayersPlan = {
  readonly steps: readonly LayerStep[];
  readonly missing: readonly (LayerStep & { readonly waitsFor: string })[];
};

/**
 * What of a profile can be deployed, and in which order over all its chains. A contract names its neighbours by address from its
 * birth, so it can stand only where all of them do, or where their addresses are known before; what can't is named as missing.
 */
export function planSteps(profile: LayerProfile): LayersPlan {
  const wanted = Object.keys(profile.chains).flatMap((chain) => wantedOn(profile, chain));
  const isWanted = new Set(wanted.map(keyOf));
  const asked = wanted.map((step) => ({ step, ...needsOf(profile, step, isWanted) }));
  const standing = new Set<string>();
  const steps: LayerStep[] = [];
  const stands = (one: LayerStep) => standing.has(keyOf(one));
  // What one round adds may be what a contract of an earlier chain waits for. Each round adds at least one, or is the last.
  let before: number;
  do {
    before = steps.length;
    for (const { step, facts, neighbours } of asked) {
      if (stands(step) || facts !== undefined || !neighbours.every(stands)) continue;
      standing.add(keyOf(step));
      steps.push(step);
    }
  } while (steps.length > before);
  const missing = asked
    .filter(({ step }) => !stands(step))
    .map(({ step, facts, neighbours }) => {
      const waits = neighbours
        .filter((one) => !stands(one))
        .map((one) => sayAbsent(step, one, isWanted.has(keyOf(one))));
      return { ...step, waitsFor: facts ?? waits.join(", ") };
    });
  return { steps, missing };
}

/** The same by chain. */
export function planLayers(profile: LayerProfile): readonly ChainPlan[] {
  const { steps, missing } = planSteps(profile);
  return Object.keys(profile.chains).map((chain) => ({
    chain,
    layers: placeOf(profile, chain).layers,
    order: steps.filter((step) => step.chain === chain).map(({ module }) => module),
    missing: missing.filter((step) => step.chain === chain).map(({ module, waitsFor }) => ({ module, waitsFor })),
  }));
}

function keyOf({ chain, module }: LayerStep): string {
  return `${chain}/${module}`;
}

/** The profile's modules of a chain, and what joins it to others, in the order in which they are looked at. */
function wantedOn(profile: LayerProfile, chain: string): readonly LayerStep[] {
  const { layers } = placeOf(profile, chain);
  const links = linkContractsOf(profile, chain);
  const isEntry = entryOf(profile)?.child === chain;
  const own = isEntry ? ENTRY_MODULES : layers.flatMap((layer) => profile.modules[layer] ?? []);
  const wanted = new Set<LayerContract>([...own, ...links]);
  const order: readonly LayerContract[] = links.length === 0 ? DEPLOY_ORDER : LAYER_ORDER;
  return order.filter((module) => wanted.has(module)).map((module) => ({ chain, module }));
}

type Needs = { readonly facts: string | undefined; readonly neighbours: readonly LayerStep[] };

/** Which contracts one has to be told of when it is made: asked of the code that makes it. */
function needsOf(profile: LayerProfile, { chain, module }: LayerStep, isWanted: ReadonlySet<string>): Needs {
  const neighbours = new Map<string, LayerStep>();
  const need = (step: LayerStep) => {
    neighbours.set(keyOf(step), step);
    return zeroAddress;
  };
  const facts = deployFacts(zeroAddress, 0, { chainId: 1, epochSeconds: 1 });
  if (linkContractsOf(profile, chain).length === 0) {
    if (!isLinkContract(module)) deployData(module, facts, (earlier) => need({ chain, module: earlier }));
    return { facts: undefined, neighbours: [...neighbours.values()] };
  }
  const place = placeOf(profile, chain);
  layerDeployData(module, {
    profile,
    place,
    facts,
    places: {
      at: (earlier) => need({ chain, module: earlier }),
      on: (other, name) =>
        need({
          chain: other,
          module: isMade(profile, other, name) && isWanted.has(`${other}/${name}`) ? "maker" : name,
        }),
    },
  });
  if (isMade(profile, chain, module)) need({ chain, module: "maker" });
  const ends = { childMessenger: place.childCrossing, entryMessenger: place.entryCrossing } as const;
  const isBelow = module === "childMessenger" || module === "entryMessenger";
  const crossing = isBelow ? ends[module] : place.crossing;
  const isEnd = isBelow || module === "messenger" || module === "linkGuards";
  const lacks = isEnd && crossing !== undefined ? missingFacts(crossing) : undefined;
  return { facts: lacks, neighbours: [...neighbours.values()] };
}

function sayAbsent(step: LayerStep, { chain, module }: LayerStep, isWanted: boolean): string {
  const where = chain === step.chain ? "" : ` on ${chain}`;
  return isWanted ? `${module}${where}, which is missing` : `${module}${where}, which stands on no layer there`;
}

/** Each contract that can't be deployed in a sentence of its own. */
export function missingOf(profile: LayerProfile): readonly string[] {
  return planSteps(profile).missing.map(({ chain, module, waitsFor }) => `${chain}: ${module} waits for ${waitsFor}`);
}

/** What a profile asks for of which there are no contracts yet: its chains are deployed without. */
export function unbuiltOf(profile: LayerProfile): readonly string[] {
  const isOwnL3 = crossingsOf(profile).some(({ child }) => child === profile.layers.l3);
  return isOwnL3
    ? [`${profile.layers.l3}: a private network's gate, which \`cortensor chain serve\` deploys by its plan`]
    : [];
}
