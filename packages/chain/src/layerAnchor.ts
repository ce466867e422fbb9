import type { Bytes32 } from "@cortensor/protocol";
import { readAnchorRoot } from "./anchors.js";
import { ChainError } from "./chainError.js";
import { createRpcClient } from "./chainReader.js";
import { type LayerProfile, resolveRpcUrls } from "./layerProfile.js";

/**
 * The root of an anchor, as the L1 of a deployed profile has it. Undefined while there is none. Throws CHAIN_INCOMPLETE for a profile without
 * anchors: all its layers are one chain, or it isn't deployed.
 */
export async function readLayerAnchor(
  profile: LayerProfile,
  { env, number }: { readonly env: Readonly<Record<string, string | undefined>>; readonly number: number },
): Promise<Bytes32 | undefined> {
  const key = profile.layers.l1;
  const [chain, anchors] = [profile.chains[key], profile.deployed?.[key]?.addresses.anchors];
  if (chain === undefined || anchors === undefined) {
    const missing = [`${key}: anchors, which stand on the L1 of a network over several chains`];
    throw new ChainError({ code: "CHAIN_INCOMPLETE", profile: profile.name, missing });
  }
  const { client } = createRpcClient({ rpcUrls: resolveRpcUrls(chain, env), chainId: chain.chainId });
  return readAnchorRoot(client, { anchors, number });
}
