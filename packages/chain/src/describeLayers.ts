import { createRpcClient } from "./chainReader.js";
import {
  contractOnOneChain,
  type DescribedContract,
  describeChain,
  type ModuleDescription,
} from "./describeNetwork.js";
import { anchorSenderAbi } from "./generated/AnchorSender.js";
import { anchorsAbi } from "./generated/Anchors.js";
import { arbChildMessengerAbi } from "./generated/ArbChildMessenger.js";
import { arbParentMessengerAbi } from "./generated/ArbParentMessenger.js";
import { blockReporterAbi } from "./generated/BlockReporter.js";
import { bridgedCorAbi } from "./generated/BridgedCor.js";
import { corMeterAbi } from "./generated/CorMeter.js";
import { corVaultAbi } from "./generated/CorVault.js";
import { firstGuardsAbi } from "./generated/FirstGuards.js";
import { layerMakerAbi } from "./generated/LayerMaker.js";
import { networkStateAbi } from "./generated/NetworkState.js";
import { onboardingTillAbi } from "./generated/OnboardingTill.js";
import { opMessengerAbi } from "./generated/OpMessenger.js";
import { parentBlocksAbi } from "./generated/ParentBlocks.js";
import { quorumMessengerAbi } from "./generated/QuorumMessenger.js";
import { registryMirrorAbi } from "./generated/RegistryMirror.js";
import { registryReporterAbi } from "./generated/RegistryReporter.js";
import { stakeMirrorAbi } from "./generated/StakeMirror.js";
import type { Crossing } from "./layerModules.js";
import { isLinkContract, type LayerContract, type LinkContract, linkContractsOf, placeOf } from "./layerModules.js";
import { type LayerProfile, resolveRpcUrls } from "./layerProfile.js";
import { LINK_POWERS, QUORUM_POWERS } from "./modulePowers.js";

/** One chain of a network. */
export type ChainDescription = {
  /** Its name in the profile. */
  readonly chain: string;
  readonly chainId: number;
  readonly modules: readonly ModuleDescription[];
};

/** Every module of each chain that a profile is deployed on. Throws CHAIN_NO_CONTRACT for one that isn't there. */
export async function describeLayers(
  profile: LayerProfile,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly ChainDescription[]> {
  const described: ChainDescription[] = [];
  for (const [key, { addresses }] of Object.entries(profile.deployed ?? {})) {
    const chain = profile.chains[key];
    if (chain === undefined) continue;
    const { chainId } = chain;
    const { client } = createRpcClient({ rpcUrls: resolveRpcUrls(chain, env), chainId });
    const contractOf = (module: LayerContract) => contractOnLayer(profile, key, module);
    described.push({ chain: key, chainId, modules: await describeChain({ client, addresses, contractOf }) });
  }
  return described;
}

const LINK_ABIS = {
  maker: { contract: "LayerMaker", abi: layerMakerAbi },
  linkGuards: { contract: "FirstGuards", abi: firstGuardsAbi },
  corMeter: { contract: "CorMeter", abi: corMeterAbi },
  childCorMeter: { contract: "CorMeter", abi: corMeterAbi },
  parentBlocks: { contract: "ParentBlocks", abi: parentBlocksAbi },
  blockReporter: { contract: "BlockReporter", abi: blockReporterAbi },
  registryReporter: { contract: "RegistryReporter", abi: registryReporterAbi },
  corVault: { contract: "CorVault", abi: corVaultAbi },
  anchors: { contract: "Anchors", abi: anchorsAbi },
  anchorSender: { contract: "AnchorSender", abi: anchorSenderAbi },
  networkState: { contract: "NetworkState", abi: networkStateAbi },
  entryMeter: { contract: "CorMeter", abi: corMeterAbi },
  entryVault: { contract: "CorVault", abi: corVaultAbi },
  onboardingTill: { contract: "OnboardingTill", abi: onboardingTillAbi },
} as const satisfies Partial<Record<LinkContract, Omit<DescribedContract, "powers">>>;

/** Which contract stands under a name on a chain of a network, what can be asked of it, and who may change what. */
export function contractOnLayer(profile: LayerProfile, chain: string, module: LayerContract): DescribedContract {
  const place = placeOf(profile, chain);
  if (linkContractsOf(profile, chain).length === 0) return contractOnOneChain(module);
  if (module === "childMessenger" && place.childCrossing !== undefined) return endOf(place.childCrossing, chain);
  if (module === "entryMessenger" && place.entryCrossing !== undefined) return endOf(place.entryCrossing, chain);
  if (module === "messenger" && place.crossing !== undefined) return endOf(place.crossing, chain);
  if (isLinkContract(module) && module !== "childMessenger" && module !== "entryMessenger")
    return { ...LINK_ABIS[module], powers: LINK_POWERS[module] ?? [] };
  if (place.crossing?.child === chain) {
    if (module === "cor") return { contract: "BridgedCor", abi: bridgedCorAbi, powers: [] };
    if (module === "registry") return { contract: "RegistryMirror", abi: registryMirrorAbi, powers: [] };
    if (module === "stakeView") return { contract: "StakeMirror", abi: stakeMirrorAbi, powers: [] };
  }
  return contractOnOneChain(module);
}

function endOf({ parent, link }: Crossing, chain: string): DescribedContract {
  switch (link.messenger) {
    case "quorum":
      return { contract: "QuorumMessenger", abi: quorumMessengerAbi, powers: QUORUM_POWERS };
    case "opStack":
      return { contract: "OpMessenger", abi: opMessengerAbi, powers: [] };
    case "arbitrum":
      return chain === parent
        ? { contract: "ArbParentMessenger", abi: arbParentMessengerAbi, powers: [] }
        : { contract: "ArbChildMessenger", abi: arbChildMessengerAbi, powers: [] };
    case "loopback":
      throw new Error("a loopback crosses nothing");
  }
}
