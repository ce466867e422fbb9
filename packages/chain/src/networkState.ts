import { type Bytes32, type Hex, merkleTree } from "@cortensor/protocol";
import { keccak256, type PublicClient, stringToHex } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainDescription } from "./describeLayers.js";
import { networkStateAbi } from "./generated/NetworkState.js";
import { LAYER_ORDER, moduleNameOf } from "./layerModules.js";
import { formatLayerProfile, type LayerProfile } from "./layerProfile.js";

/**
 * keccak256 of a deployed profile without what each reader chooses for itself: which RPCs it asks, and when it takes a block as final. Whoever has a
 * profile from anywhere checks it against `NetworkState` by this.
 */
export function profileHashOf({ chains, says: _says, status: _status, ...rest }: LayerProfile): Hex {
  const bare = Object.entries(chains).map(([key, chain]) => [
    key,
    { ...chain, rpcUrls: [], finality: "latest" as const },
  ]);
  const text = formatLayerProfile({ ...rest, says: "", status: "executed", chains: Object.fromEntries(bare) });
  return keccak256(stringToHex(text));
}

/** Merkle root of what is fixed of each module: its address, code and parameters, each a leaf of its own. */
export function parameterRootOf(chains: readonly ChainDescription[]): Bytes32 {
  return merkleTree(parameterLeaves(chains).map(parameterLeaf)).root;
}

/** What is fixed of each module, in one order. */
export function parameterLeaves(chains: readonly ChainDescription[]): readonly string[] {
  const lines = chains.flatMap(({ chainId, modules }) =>
    modules.flatMap(({ module, address, codeHash, parameters }) => [
      `${chainId}/${module}/address=${address}`,
      `${chainId}/${module}/codeHash=${codeHash}`,
      ...parameters.map(({ name, value }) => `${chainId}/${module}/${name}=${value}`),
    ]),
  );
  return lines.sort();
}

function parameterLeaf(line: string): Bytes32 {
  return keccak256(keccak256(stringToHex(line)));
}

/** What the L1 says of a network, in one call. */
export async function readNetworkState(client: PublicClient, address: Hex) {
  const names = LAYER_ORDER.flatMap((name) => moduleNameOf(name) ?? []).map((name) => stringToHex(name, { size: 32 }));
  const request = { address, abi: networkStateAbi, functionName: "read", args: [names] } as const;
  return chainCall("read", client.readContract(request));
}
