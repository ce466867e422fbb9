import { readAttestations, readHead } from "@cortensor/chain";
import { ATTESTATION_KINDS, decodeVirtualBlock, type VirtualBlock } from "@cortensor/protocol";
import { resultOf, runCommand } from "./runCommand.js";
import { type Network, startNetwork } from "./startNetwork.js";
import { within } from "./until.js";

/** Six epochs of a local network. */
export const ROOTS_MS = 180_000;

/** A network of one scripted miner and five guards, each a process of its own. */
export async function startGuardedNetwork(): Promise<Network> {
  const args = ["--scripted", "at-once", "--miners", "1", "--guards", "5"];
  const network = await startNetwork({ args, env: { ROUTER_SETTLE_AGE: "500ms" } });
  const ready = network.output.find(({ event }) => event === "guards.ready");
  await within("five guards", ready, ROOTS_MS);
  return network;
}

/** A local chain's time is the machine's. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}

/** Roots that were posted, in the order of the chain. */
export async function postedOf({ chain, profile }: Network) {
  const { blockNumber: toBlock } = await readHead(chain);
  return readAttestations(chain, { fromBlock: profile.deployBlock, toBlock });
}

/** The first epoch above one of which every kind has a root. */
export async function wholeAfter(network: Network, epoch: number): Promise<number | undefined> {
  const found = await postedOf(network);
  const epochs = [...new Set(found.map((one) => one.epoch))].filter((one) => one > epoch).sort((a, b) => a - b);
  return epochs.find((one) => found.filter((root) => root.epoch === one).length === ATTESTATION_KINDS.length);
}

/** The first virtual block from an epoch on, as a guard shows it. */
export async function virtualBlockFrom(network: Network, epoch: number): Promise<VirtualBlock | undefined> {
  const status = resultOf(await runCommand(["guard", "status", "--home", network.home]));
  const endpoints = (status.guards as readonly { readonly endpoint: string }[]).map(({ endpoint }) => endpoint);
  for (let of = epoch; of <= epoch + 3; of += 1) {
    const answer = await fetch(new URL(`/v1/virtual-blocks/${of}`, endpoints[0]));
    if (answer.ok) return decodeVirtualBlock(new Uint8Array(await answer.arrayBuffer()));
  }
  return undefined;
}
