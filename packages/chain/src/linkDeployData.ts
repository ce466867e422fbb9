import { type Address, assert, type Hex } from "@cortensor/protocol";
import { encodeDeployData, zeroAddress } from "viem";
import type { DeployFacts } from "./deploySteps.js";
import { arbChildMessengerAbi, arbChildMessengerBytecode } from "./generated/ArbChildMessenger.js";
import { arbParentMessengerAbi, arbParentMessengerBytecode } from "./generated/ArbParentMessenger.js";
import { corMeterAbi, corMeterBytecode } from "./generated/CorMeter.js";
import { firstGuardsAbi, firstGuardsBytecode } from "./generated/FirstGuards.js";
import { opMessengerAbi, opMessengerBytecode } from "./generated/OpMessenger.js";
import { quorumMessengerAbi, quorumMessengerBytecode } from "./generated/QuorumMessenger.js";
import { type ChainPlace, type Crossing, entryOf, type LayerContract } from "./layerModules.js";
import type { LayerProfile } from "./layerProfile.js";

/** Where a contract's neighbours stand. */
export type Places = {
  /** On its own chain, before it. */
  readonly at: (name: LayerContract) => Address;
  /** On another chain, or on its own behind it, where that is known before. */
  readonly on: (chain: string, name: LayerContract) => Address;
};

export type LinkRequest = {
  readonly profile: LayerProfile;
  readonly place: ChainPlace;
  readonly facts: DeployFacts;
  readonly places: Places;
};

/** A chain's id in the profile. */
export function chainIdOf({ chains }: LayerProfile, chain: string): bigint {
  const one = chains[chain];
  assert(one !== undefined, `the profile has the chain ${chain}`);
  return BigInt(one.chainId);
}

/** Creation code of one end of a crossing, by the kind of its link. */
export function messengerDeployData(
  request: LinkRequest,
  crossing: Crossing,
  name: "messenger" | "childMessenger" | "entryMessenger",
): Hex {
  const { profile, place, facts, places } = request;
  const { parent, child, link } = crossing;
  const isParent = place.chain === parent;
  const other = isParent ? child : parent;
  const ends = {
    remoteChainId: chainIdOf(profile, other),
    remote: places.on(other, remoteEndOf(profile, crossing, other)),
    pause: places.at("pause"),
  };
  switch (link.messenger) {
    case "opStack": {
      const carrier = isParent ? link.opStack?.parent : link.opStack?.child;
      const args = [ends, carrier ?? zeroAddress] as const;
      return encodeDeployData({ abi: opMessengerAbi, bytecode: opMessengerBytecode, args });
    }
    case "arbitrum": {
      if (!isParent)
        return encodeDeployData({ abi: arbChildMessengerAbi, bytecode: arbChildMessengerBytecode, args: [ends] });
      const { inbox = zeroAddress, gasPriceMaxWei = 0n } = link.arbitrum ?? {};
      const args = [ends, inbox, gasPriceMaxWei] as const;
      return encodeDeployData({ abi: arbParentMessengerAbi, bytecode: arbParentMessengerBytecode, args });
    }
    case "quorum": {
      const { challenger = facts.owner, challengeSeconds = 0, windowSeconds = 1, capWei = 0n } = link.quorum ?? {};
      const terms = {
        guardSets: places.at("linkGuards"),
        meter: places.at(METERS[name]),
        challenger,
        challengeSeconds: BigInt(challengeSeconds),
        windowSeconds: BigInt(windowSeconds),
        capWei,
      };
      return encodeDeployData({ abi: quorumMessengerAbi, bytecode: quorumMessengerBytecode, args: [ends, terms] });
    }
    case "loopback":
      throw new Error("a loopback crosses nothing");
  }
}

const METERS = { messenger: "corMeter", childMessenger: "childCorMeter", entryMessenger: "entryMeter" } as const;

/** The other chain's name for its end: the L2's towards the L3 is its second, towards an onboarding chain a third. */
function remoteEndOf(profile: LayerProfile, { parent, child }: Crossing, other: string): keyof typeof METERS {
  if (other !== parent || other !== profile.layers.l2) return "messenger";
  return entryOf(profile)?.child === child ? "entryMessenger" : "childMessenger";
}

/** The parent's name for the vault of a crossing. */
export function vaultOf(profile: LayerProfile, { child }: Crossing): "corVault" | "entryVault" {
  return entryOf(profile)?.child === child ? "entryVault" : "corVault";
}

/** What a link by quorum lacks in a profile; undefined where it has all, or is none. */
export function missingFacts({ parent, child, link }: Crossing): string | undefined {
  const way = `${parent}→${child}`;
  if (link.messenger === "opStack" && link.opStack === undefined) return `the OP Stack's own messengers of ${way}`;
  if (link.messenger === "arbitrum" && link.arbitrum === undefined) return `the inbox of ${way}`;
  if (link.messenger === "quorum" && link.quorum === undefined) return `the first guards and bounds of ${way}`;
  return undefined;
}

/** Who signs for the links of a chain before its own guards do. */
export function firstGuardsDeployData({ place, facts }: LinkRequest): Hex {
  const { crossing, childCrossing, entryCrossing } = place;
  const terms = crossing?.link.quorum ?? childCrossing?.link.quorum ?? entryCrossing?.link.quorum;
  const args = [terms?.firstGuards ?? [], BigInt(facts.t0), BigInt(facts.epochSeconds), facts.owner] as const;
  return encodeDeployData({ abi: firstGuardsAbi, bytecode: firstGuardsBytecode, args });
}

/** What moves COR over a crossing. Both ends have a meter of their own with the same parts. */
export function corMeterDeployData({ profile, places }: LinkRequest, crossing: Crossing): Hex {
  const { parent, child } = crossing;
  const isRoot = parent === profile.layers.l1 && parent !== profile.layers.l2;
  const parts = {
    parentChainId: chainIdOf(profile, parent),
    vault: places.on(parent, vaultOf(profile, crossing)),
    childCor: places.on(child, "cor"),
    slasher: isRoot ? places.on(parent, "stakeSlasher") : zeroAddress,
  };
  return encodeDeployData({ abi: corMeterAbi, bytecode: corMeterBytecode, args: [parts] });
}
