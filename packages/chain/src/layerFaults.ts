import { type ContractName, DEPLOY_ORDER } from "./deploySteps.js";
import type { LayerProfile } from "./layerProfile.js";

/** Stand once on each layer: what a layer's own contracts ask, and the list of them. What is COR, or the registry, below the L1 is a mirror of it. */
const ON_EACH_LAYER: ReadonlySet<ContractName> = new Set([
  ...(["cor", "registry", "messenger", "compliance", "pause", "modules"] as const),
]);
/** May stand on the L1 too: a link by quorum asks there who guards. */
const ALSO_ON_L1: ReadonlySet<ContractName> = new Set(["guardSets"]);

/** What is wrong with a profile beyond its fields' shapes, in sentences; nothing when it holds together. */
export function layerFaults(profile: LayerProfile): readonly string[] {
  return [...chainFaults(profile), ...linkFaults(profile), ...moduleFaults(profile)];
}

function chainFaults({ chains, layers, deployed }: LayerProfile): readonly string[] {
  const used = [layers.l1, layers.l2, ...(layers.l3 === undefined ? [] : [layers.l3]), ...layers.onboarding];
  const ids = Object.values(chains).map(({ chainId }) => chainId);
  return [
    ...used.filter((key) => chains[key] === undefined).map((key) => `layers: there is no chain ${key}`),
    ...Object.keys(chains)
      .filter((key) => !used.includes(key))
      .map((key) => `chains: ${key} is no layer`),
    ...besideOf(layers)
      .slice(1)
      .map((key) => `layers: ${key} is one onboarding chain beside the layers too many`),
    ...ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `chains: two have the id ${id}`),
    ...Object.keys(deployed ?? {})
      .filter((key) => chains[key] === undefined)
      .map((key) => `deployed: there is no chain ${key}`),
  ];
}

/** Chains that one onboards from and that are no layer. */
function besideOf({ l1, l2, l3, onboarding }: LayerProfile["layers"]): readonly string[] {
  return onboarding.filter((key) => ![l1, l2, l3].includes(key));
}

/** Each layer and each onboarding chain has one link to the L2; a loopback is within one chain, any other between two. */
function linkFaults({ layers, links }: LayerProfile): readonly string[] {
  const pairs = [
    [layers.l1, layers.l2],
    ...(layers.l3 === undefined ? [] : [[layers.l2, layers.l3]]),
    ...besideOf(layers).map((key) => [key, layers.l2]),
  ].map(([from, to]) => `${from}→${to}`);
  const given = links.map(({ from, to }) => `${from}→${to}`);
  const foreign = links.flatMap(({ from, to, messenger, ...facts }) =>
    (["opStack", "arbitrum", "quorum"] as const)
      .filter((kind) => facts[kind] !== undefined && kind !== messenger)
      .map((kind) => `links: ${from}→${to} is by ${messenger}, and has facts of ${kind}`),
  );
  const wrongKind = links.filter(({ from, to, messenger }) => (from === to) !== (messenger === "loopback"));
  return [
    ...pairs.filter((pair) => !given.includes(pair)).map((pair) => `links: ${pair} is missing`),
    ...given.filter((pair) => !pairs.includes(pair)).map((pair) => `links: ${pair} joins no two layers`),
    ...given.filter((pair, at) => given.indexOf(pair) !== at).map((pair) => `links: ${pair} stands twice`),
    ...foreign,
    ...wrongKind.map(({ from, to, messenger }) => `links: ${messenger} can't be from ${from} to ${to}`),
  ];
}

function moduleFaults({ layers, modules }: LayerProfile): readonly string[] {
  const { l1, l2, l3 = [] } = modules;
  const twice = (list: readonly ContractName[]) => list.filter((contract, at) => list.indexOf(contract) !== at);
  const homes = (contract: ContractName) => [l1, l2].filter((list) => list.includes(contract)).length;
  const isOnBoth = (contract: ContractName) => ALSO_ON_L1.has(contract) && l2.includes(contract);
  const wanted = (contract: ContractName) => (ON_EACH_LAYER.has(contract) ? 2 : 1);
  return [
    ...[...twice(l1), ...twice(l2), ...twice(l3)].map((contract) => `modules: ${contract} stands twice on a layer`),
    ...DEPLOY_ORDER.filter((contract) => homes(contract) !== wanted(contract) && !isOnBoth(contract)).map((contract) =>
      wanted(contract) === 2
        ? `modules: ${contract} must stand on l1 and on l2`
        : `modules: ${contract} must stand on l1 or on l2`,
    ),
    ...l3.filter((contract) => !l2.includes(contract)).map((contract) => `modules: ${contract} on l3 is none of l2's`),
    ...(l3.length > 0 && layers.l3 === undefined ? ["modules: l3 has contracts, and is no chain"] : []),
  ];
}
