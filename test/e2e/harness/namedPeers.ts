import { createContentNode } from "@cortensor/data";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { freePorts } from "./freePorts.js";

/** Where a folder's content will be given, and by which name others know it before it is. */
export type NamedPeer = { readonly folder: string; readonly listen: string; readonly address: string };

/** Names folders' nodes of content, each at a port of its own: those who are to name each other at their start can. */
export async function namedPeers(folders: readonly string[]): Promise<readonly NamedPeer[]> {
  const ports = await freePorts(folders.length);
  const named: NamedPeer[] = [];
  for (const [at, folder] of folders.entries()) {
    const listen = `/ip4/127.0.0.1/tcp/${ports[at]}`;
    const node = await createContentNode({ ...parts, folder, listen: [listen] });
    const [address = ""] = node.stat().addresses;
    await node.stop();
    named.push({ folder, listen, address });
  }
  return named;
}

/** What a folder has pinned, and whether it has something by a name, as its owner sees it beside whoever has it open. */
export async function lookInto(
  folder: string,
  names: readonly `0x${string}`[],
): Promise<{ readonly pins: number; readonly named: number }> {
  const node = await createContentNode({ ...parts, folder });
  try {
    let named = 0;
    for (const name of names) {
      const within = { bytesMax: 1_048_576, signal: new AbortController().signal };
      for await (const _ of node.findNamed({ kind: "segmentBody", name }, within)) named += 1;
    }
    return { pins: node.stat().pins, named };
  } finally {
    await node.stop();
  }
}

const parts = { nowSeconds: () => Math.floor(Date.now() / 1_000), clock: systemClock, log: silentLogger };
