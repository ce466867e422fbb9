import { hasCode } from "@cortensor/protocol";
import type { ChainReader } from "../chainReader.js";
import type { Link, LinkEnd } from "./link.js";
import { readLinkGuards } from "./linkOutboxes.js";

/** Both ways between a network's home and the chain that serves, where guards carry them; none where a rollup's own messengers do, or all is on one chain. */
export async function readHomeLinks({ profile, client, home }: ChainReader): Promise<readonly Link[]> {
  if (profile.home === undefined) return [];
  const { chainId, contracts, deployBlock = 0n } = profile.home;
  const above = { chainId, client: home.client, messenger: contracts.messenger, fromBlock: Number(deployBlock) };
  const below = {
    ...{ chainId: profile.chainId, client, messenger: profile.addresses.messenger },
    fromBlock: Number(profile.deployBlock),
  };
  const isByGuards = (await Promise.all([above, below].map(takesOutboxes))).every(Boolean);
  if (!isByGuards) return [];
  return [
    { src: above, dst: below },
    { src: below, dst: above },
  ];
}

async function takesOutboxes(end: LinkEnd): Promise<boolean> {
  try {
    await readLinkGuards(end);
    return true;
  } catch (error) {
    if (hasCode(error, "CHAIN_REVERTED") || hasCode(error, "CHAIN_RPC_FAILED")) return false;
    throw error;
  }
}
