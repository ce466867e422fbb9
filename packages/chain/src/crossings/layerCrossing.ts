import type { Address, EpochTimes } from "@cortensor/protocol";
import { ChainError } from "../chainError.js";
import type { RpcWatch } from "../chainReader.js";
import { crossingsOf, entryOf, type LayerContract, placeOf } from "../layerModules.js";
import { type LayerProfile, resolveRpcUrls } from "../layerProfile.js";
import { type LinkEnd, openLinkEnd } from "../links/index.js";

/** One layer's chain and the next one's, as a deployed profile has them: both ends of their link, and the contracts that tell each other through it. */
export type LayerCrossing = {
  /** Both chains' names in the profile. */
  readonly name: string;
  readonly parent: LinkEnd;
  readonly child: LinkEnd;
  /** Whether guards carry its messages, and relayers hand them in. */
  readonly isQuorum: boolean;
  /** By which roots are attested. */
  readonly times: EpochTimes;
  readonly nodes: { readonly registry: Address; readonly reporter: Address; readonly mirror: Address };
  /** Between the L1 and the L2 alone. */
  readonly stakes?: {
    readonly vault: Address;
    readonly mirror: Address;
    readonly blockReporter: Address;
    readonly parentBlocks: Address;
  };
  /** Between the L1 and the L2 alone. */
  readonly anchoring?: { readonly attestations: Address; readonly sender: Address; readonly anchors: Address };
};

/** The crossings of a profile. Throws CHAIN_INCOMPLETE for one that isn't deployed, or whose layers are all one chain. */
export function openCrossings(
  profile: LayerProfile,
  { env, ...watch }: { readonly env: Readonly<Record<string, string | undefined>> } & RpcWatch,
): readonly LayerCrossing[] {
  const crossings = crossingsOf(profile);
  if (crossings.length === 0) {
    const missing = ["a layer on a chain of its own: nothing crosses between layers of one chain"];
    throw new ChainError({ code: "CHAIN_INCOMPLETE", profile: profile.name, missing });
  }
  const { epochSeconds } = profile.parameters;
  const t0 = profile.deployed?.[profile.layers.l2]?.t0 ?? 0;
  return crossings.map(({ parent, child, link }) => {
    const above = addressesOn(profile, parent);
    const below = addressesOn(profile, child);
    const isFirst = parent === profile.layers.l1;
    const isOuter = placeOf(profile, parent).crossing?.child === child;
    return {
      name: `${parent}.${child}`,
      parent: endOf({ profile, env, watch }, parent, above(isOuter ? "messenger" : "childMessenger")),
      child: endOf({ profile, env, watch }, child, below("messenger")),
      isQuorum: link.messenger === "quorum",
      times: { t0, epochSeconds },
      nodes: { registry: above("registry"), reporter: above("registryReporter"), mirror: below("registry") },
      ...(isFirst && {
        stakes: {
          vault: above("stakeVault"),
          mirror: below("stakeView"),
          blockReporter: above("blockReporter"),
          parentBlocks: below("parentBlocks"),
        },
        anchoring: {
          attestations: below("attestations"),
          sender: below("anchorSender"),
          anchors: above("anchors"),
        },
      }),
    };
  });
}

/** Both ends of the link to the chain beside the layers that wallets come from; undefined where there is none. Throws CHAIN_INCOMPLETE before it is deployed. */
export function openEntry(
  profile: LayerProfile,
  { env, ...watch }: { readonly env: Readonly<Record<string, string | undefined>> } & RpcWatch,
): Pick<LayerCrossing, "parent" | "child" | "isQuorum"> | undefined {
  const entry = entryOf(profile);
  if (entry === undefined) return undefined;
  const { parent, child, link } = entry;
  return {
    parent: endOf({ profile, env, watch }, parent, addressesOn(profile, parent)("entryMessenger")),
    child: endOf({ profile, env, watch }, child, addressesOn(profile, child)("messenger")),
    isQuorum: link.messenger === "quorum",
  };
}

type Opening = {
  readonly profile: LayerProfile;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly watch: RpcWatch;
};

function endOf({ profile, env, watch }: Opening, key: string, messenger: Address): LinkEnd {
  const [chain, stands] = [profile.chains[key], profile.deployed?.[key]];
  if (chain === undefined || stands === undefined) throw incomplete(profile, `${key}: everything`);
  const { chainId } = chain;
  const fromBlock = Number(stands.deployBlock);
  return openLinkEnd({ chainId, rpcUrls: resolveRpcUrls(chain, env), messenger, fromBlock }, watch);
}

function addressesOn(profile: LayerProfile, key: string): (contract: LayerContract) => Address {
  const addresses = profile.deployed?.[key]?.addresses ?? {};
  return (contract) => {
    const address = addresses[contract];
    if (address === undefined) throw incomplete(profile, `${key}: ${contract}`);
    return address;
  };
}

function incomplete(profile: LayerProfile, missing: string): ChainError {
  return new ChainError({ code: "CHAIN_INCOMPLETE", profile: profile.name, missing: [missing] });
}
