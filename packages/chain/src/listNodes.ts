import type { UnixSeconds } from "@cortensor/protocol";
import { chainCall } from "./chainError.js";
import { registryAbi } from "./generated/Registry.js";
import type { NodeRecord, NodeRole } from "./nodeRecord.js";
import { type RegistryReader, readNode } from "./readNode.js";

/** Nodes read at once: an RPC's own limits are near. */
const READS_AT_ONCE = 32;

/** Nodes by id, of one role or of any, that are active: now, or at a time. Roles are those of now. */
export async function listNodes(
  chain: RegistryReader,
  options: { readonly role?: NodeRole; readonly atSeconds?: UnixSeconds } = {},
): Promise<readonly NodeRecord[]> {
  const { role, atSeconds } = options;
  const registry = { address: chain.profile.addresses.registry, abi: registryAbi } as const;
  const count = await chainCall("listNodes", chain.client.readContract({ ...registry, functionName: "nodeCount" }));
  const nodes: NodeRecord[] = [];
  for (let first = 1; first <= count; first += READS_AT_ONCE) {
    const ids = Array.from({ length: Math.min(READS_AT_ONCE, count - first + 1) }, (_, index) => first + index);
    const some = await Promise.all(ids.map((id) => readNodeById(chain, id)));
    nodes.push(...some.filter((node) => node !== undefined));
  }
  return nodes.filter((node) => isActive(node, atSeconds) && (role === undefined || node.roles.includes(role)));
}

function isActive({ registeredAt, leftAt }: NodeRecord, atSeconds: UnixSeconds | undefined): boolean {
  if (atSeconds === undefined) return leftAt === 0;
  return registeredAt <= atSeconds && (leftAt === 0 || leftAt > atSeconds);
}

async function readNodeById(chain: RegistryReader, id: number): Promise<NodeRecord | undefined> {
  const registry = { address: chain.profile.addresses.registry, abi: registryAbi } as const;
  const read = chain.client.readContract({ ...registry, functionName: "signerAt", args: [id] });
  return readNode(chain, await chainCall("listNodes", read));
}
