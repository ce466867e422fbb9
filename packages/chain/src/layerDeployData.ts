import { type Address, assert, type Hex } from "@cortensor/protocol";
import { encodeDeployData, zeroAddress } from "viem";
import { type ContractName, deployData } from "./deploySteps.js";
import { anchorSenderAbi, anchorSenderBytecode } from "./generated/AnchorSender.js";
import { anchorsAbi, anchorsBytecode } from "./generated/Anchors.js";
import { blockReporterAbi, blockReporterBytecode } from "./generated/BlockReporter.js";
import { bridgedCorAbi, bridgedCorBytecode } from "./generated/BridgedCor.js";
import { corVaultAbi, corVaultBytecode } from "./generated/CorVault.js";
import { layerMakerAbi, layerMakerBytecode } from "./generated/LayerMaker.js";
import { networkStateAbi, networkStateBytecode } from "./generated/NetworkState.js";
import { parentBlocksAbi, parentBlocksBytecode } from "./generated/ParentBlocks.js";
import { registryMirrorAbi, registryMirrorBytecode } from "./generated/RegistryMirror.js";
import { registryReporterAbi, registryReporterBytecode } from "./generated/RegistryReporter.js";
import { stakeMirrorAbi, stakeMirrorBytecode } from "./generated/StakeMirror.js";
import { stakeSlasherAbi, stakeSlasherBytecode } from "./generated/StakeSlasher.js";
import { type Crossing, isLinkContract, type LayerContract, type LinkContract } from "./layerModules.js";
import {
  chainIdOf,
  corMeterDeployData,
  firstGuardsDeployData,
  type LinkRequest,
  messengerDeployData,
  vaultOf,
} from "./linkDeployData.js";
import { tillDeployData } from "./tillDeployData.js";

/** What an OP Stack chain says of its parent. */
const L1_BLOCK = "0x4200000000000000000000000000000000000015";

/** Creation code of a contract of any layer with its arguments: what stands on one chain alone is made as on a network of one. */
export function layerDeployData(name: LayerContract, request: LinkRequest): Hex {
  if (isLinkContract(name)) return linkContractData(name, request);
  const { place, facts, places, profile } = request;
  const { crossing } = place;
  if (crossing !== undefined && name === "messenger") return messengerDeployData(request, crossing, "messenger");
  if (crossing?.child === place.chain) {
    const below = mirrorData(name, request, crossing);
    if (below !== undefined) return below;
  }
  if (crossing !== undefined && name === "stakeSlasher") return slasherData(request);
  const isL1Alone = profile.layers.l1 !== profile.layers.l2 && place.layers.includes("l1");
  // The first word of what a vault answers of an operator is what a view answers.
  const aliases: Partial<Record<ContractName, ContractName>> = isL1Alone ? { stakeView: "stakeVault" } : {};
  return deployData(name, facts, (earlier): Address => places.at(aliases[earlier] ?? earlier));
}

/** What below the L1 is a mirror of what stands above; undefined for everything else. */
function mirrorData(name: ContractName, { profile, places }: LinkRequest, crossing: Crossing): Hex | undefined {
  const { parent } = crossing;
  const parentId = chainIdOf(profile, parent);
  switch (name) {
    case "cor": {
      const args = [places.at("messenger"), parentId, places.on(parent, vaultOf(profile, crossing))] as const;
      return encodeDeployData({ abi: bridgedCorAbi, bytecode: bridgedCorBytecode, args });
    }
    case "registry": {
      const reporter = places.on(parent, "registryReporter");
      const args = [places.at("messenger"), parentId, reporter, places.at("compliance")] as const;
      return encodeDeployData({ abi: registryMirrorAbi, bytecode: registryMirrorBytecode, args });
    }
    case "stakeView": {
      const vault = places.on(parent, "stakeVault");
      const args = [places.at("messenger"), parentId, vault, places.at("parentBlocks")] as const;
      return encodeDeployData({ abi: stakeMirrorAbi, bytecode: stakeMirrorBytecode, args });
    }
    default:
      return undefined;
  }
}

function slasherData({ profile, places }: LinkRequest): Hex {
  const { l2 } = profile.layers;
  const parts = {
    cor: places.at("cor"),
    vault: places.at("stakeVault"),
    registry: places.at("registry"),
    messenger: places.at("messenger"),
    guardsChainId: chainIdOf(profile, l2),
    guards: places.on(l2, "attestations"),
    juries: places.on(l2, "juries"),
  };
  return encodeDeployData({ abi: stakeSlasherAbi, bytecode: stakeSlasherBytecode, args: [parts] });
}

function linkContractData(name: LinkContract, request: LinkRequest): Hex {
  const { profile, place, facts, places } = request;
  const { crossing, childCrossing, entryCrossing } = place;
  const { l1, l2 } = profile.layers;
  switch (name) {
    case "maker":
      return encodeDeployData({ abi: layerMakerAbi, bytecode: layerMakerBytecode });
    case "linkGuards":
      return firstGuardsDeployData(request);
    case "corMeter":
      return corMeterDeployData(request, must(crossing));
    case "childCorMeter":
      return corMeterDeployData(request, must(childCrossing));
    case "childMessenger":
      return messengerDeployData(request, must(childCrossing), "childMessenger");
    case "parentBlocks": {
      const own = must(crossing).link.messenger === "opStack" ? L1_BLOCK : zeroAddress;
      const args = [places.at("messenger"), chainIdOf(profile, l1), places.on(l1, "blockReporter"), own] as const;
      return encodeDeployData({ abi: parentBlocksAbi, bytecode: parentBlocksBytecode, args });
    }
    case "blockReporter": {
      const args = [places.at("messenger"), chainIdOf(profile, l2), places.on(l2, "parentBlocks")] as const;
      return encodeDeployData({ abi: blockReporterAbi, bytecode: blockReporterBytecode, args });
    }
    case "registryReporter":
    case "corVault":
    case "entryVault":
      return downwardData(name, request);
    case "entryMeter":
      return corMeterDeployData(request, must(entryCrossing));
    case "entryMessenger":
      return messengerDeployData(request, must(entryCrossing), "entryMessenger");
    case "onboardingTill":
      return tillDeployData(request);
    case "anchors": {
      const args = [places.at("messenger"), chainIdOf(profile, l2), places.on(l2, "anchorSender")] as const;
      return encodeDeployData({ abi: anchorsAbi, bytecode: anchorsBytecode, args });
    }
    case "anchorSender": {
      const anchors = places.on(l1, "anchors");
      const args = [places.at("attestations"), places.at("messenger"), chainIdOf(profile, l1), anchors] as const;
      return encodeDeployData({ abi: anchorSenderAbi, bytecode: anchorSenderBytecode, args });
    }
    case "networkState": {
      const args = [places.at("modules"), places.at("anchors"), facts.owner] as const;
      return encodeDeployData({ abi: networkStateAbi, bytecode: networkStateBytecode, args });
    }
  }
}

/** What a chain has for the one below it. */
function downwardData(
  name: "registryReporter" | "corVault" | "entryVault",
  { profile, place, places }: LinkRequest,
): Hex {
  const isEntry = name === "entryVault";
  const { child } = must(isEntry ? place.entryCrossing : (place.childCrossing ?? place.crossing));
  const end = place.childCrossing === undefined ? "messenger" : "childMessenger";
  const messenger = places.at(isEntry ? "entryMessenger" : end);
  const childId = chainIdOf(profile, child);
  if (name === "registryReporter") {
    const args = [places.at("registry"), messenger, childId, places.on(child, "registry")] as const;
    return encodeDeployData({ abi: registryReporterAbi, bytecode: registryReporterBytecode, args });
  }
  const parts = {
    cor: places.at("cor"),
    messenger,
    childChainId: childId,
    childCor: places.on(child, "cor"),
    compliance: places.at("compliance"),
    pause: places.at("pause"),
  };
  return encodeDeployData({ abi: corVaultAbi, bytecode: corVaultBytecode, args: [parts] });
}

function must(crossing: Crossing | undefined): Crossing {
  assert(crossing !== undefined, "what joins two layers stands where they meet");
  return crossing;
}
