import type { Address, MemberStandings } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { Authorise } from "@cortensor/wire";
import { areNodes } from "./dropOutsiders.js";
import type { RouterChain } from "./routerChain.js";

/** Miners whose registration is remembered for when the chain doesn't answer. */
const KNOWN_MAX = 4_096;

/** Lets in registered miners. One that was in before may come back while the chain doesn't answer. */
export function authoriseMiners(parts: {
  readonly chain: Pick<RouterChain, "readNode">;
  /** Who is a member of a private network; absent on any other. */
  readonly members: Pick<MemberStandings, "roleOf"> | undefined;
  readonly log: Logger;
}): Authorise {
  const { chain, members, log } = parts;
  const known = new Map<Address, Address>();
  return async (peer) => {
    const owner = known.get(peer.address);
    try {
      const node = await chain.readNode(peer.address);
      known.delete(peer.address);
      if (node === undefined) return { kind: "refused", detail: "no node of this address is registered" };
      if (node.leftAt !== 0) return { kind: "refused", detail: "this node has left the network" };
      if (!node.roles.includes("miner")) return { kind: "refused", detail: "this node is no miner" };
      if (members !== undefined && !(await areNodes(members, [peer.address, node.owner])))
        return { kind: "refused", detail: "this node, or its operator, is no node of this private network" };
      if (known.size < KNOWN_MAX) known.set(peer.address, node.owner);
      return { kind: "granted", owner: node.owner };
    } catch (error) {
      log.warn("A miner's registration could not be read", { miner: peer.address }, error);
      // A private network's door stays shut while nobody can say who is a member.
      if (owner !== undefined && members === undefined) return { kind: "granted", owner };
      return { kind: "refused", detail: "the registry can't be read now" };
    }
  };
}
