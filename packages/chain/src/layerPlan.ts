import { zeroAddress } from "viem";
import { deployFacts } from "./deployFacts.js";
import { type ContractName, DEPLOY_ORDER, deployData } from "./deploySteps.js";
import type { LayerName, LayerProfile } from "./layerProfile.js";

export type ChainPlan = {
  /** The chain's name in the profile. */
  readonly chain: string;
  readonly layers: readonly LayerName[];
  /** What can be deployed there today, each after what it needs. */
  readonly order: readonly ContractName[];
  /** What can't, and what it waits for. */
  readonly missing: readonly { readonly module: ContractName; readonly waitsFor: string }[];
};

const LAYERS = ["l1", "l2", "l3"] as const satisfies readonly LayerName[];

/**
 * What of a profile can be deployed. A contract names its neighbours by address from its birth, so it can stand only where all of
 * them do; between chains they would be reached by a messenger and a mirror, and where there is none the contract is named as missing.
 */
export function planLayers(profile: LayerProfile): readonly ChainPlan[] {
  return Object.keys(profile.chains).map((chain) => planChain(profile, chain));
}

function planChain(profile: LayerProfile, chain: string): ChainPlan {
  const layers = LAYERS.filter((layer) => profile.layers[layer] === chain);
  const wanted = new Set(layers.flatMap((layer) => profile.modules[layer] ?? []));
  const order: ContractName[] = [];
  const missing: { readonly module: ContractName; readonly waitsFor: string }[] = [];
  for (const module of DEPLOY_ORDER.filter((one) => wanted.has(one))) {
    const waitsFor =
      module === "messenger" ? missingMessenger(profile, chain) : missingNeighbours(profile, module, order, wanted);
    if (waitsFor === undefined) order.push(module);
    else missing.push({ module, waitsFor });
  }
  return { chain, layers, order, missing };
}

/** Only the loopback is built: each link to another chain waits for its own. */
function missingMessenger({ links }: LayerProfile, chain: string): string | undefined {
  const crossing = links.filter(
    ({ from, to, messenger }) => messenger !== "loopback" && (from === chain || to === chain),
  );
  if (crossing.length === 0) return undefined;
  return crossing.map(({ from, to, messenger }) => `the ${messenger} messenger of ${from}→${to}`).join(", ");
}

function missingNeighbours(
  profile: LayerProfile,
  module: ContractName,
  order: readonly ContractName[],
  wanted: ReadonlySet<ContractName>,
): string | undefined {
  const absent = neighboursOf(module).filter((one) => !order.includes(one));
  if (absent.length === 0) return undefined;
  const where = (one: ContractName) => LAYERS.find((layer) => profile.modules[layer]?.includes(one)) ?? "no layer";
  return absent
    .map((one) => (wanted.has(one) ? `${one}, which is missing` : `a mirror of ${one}, which stands on ${where(one)}`))
    .join(", ");
}

/** Which contracts a contract is told of when it is made: asked of the code that makes it. */
function neighboursOf(module: ContractName): readonly ContractName[] {
  const named = new Set<ContractName>();
  deployData(module, deployFacts(zeroAddress, 0, { chainId: 1, epochSeconds: 1 }), (earlier) => {
    named.add(earlier);
    return zeroAddress;
  });
  return [...named];
}

/** Each missing part in a sentence of its own. */
export function missingOf(profile: LayerProfile): readonly string[] {
  const onboarding = profile.layers.onboarding.map((chain) => `${chain}: the onboarding router`);
  const l3 = profile.layers.l3 === undefined ? [] : [`${profile.layers.l3}: the member list of a private network`];
  const modules = planLayers(profile).flatMap(({ chain, missing }) =>
    missing.map(({ module, waitsFor }) => `${chain}: ${module} waits for ${waitsFor}`),
  );
  return [...modules, ...onboarding, ...l3];
}
