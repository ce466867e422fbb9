import {
  type ChainReader,
  type NodeRecord,
  readBond,
  readCredit,
  readMemberRole,
  readNode,
  readSeedBeacon,
  type VerificationDomain,
} from "@cortensor/chain";
import type { Address, Bytes32, EpochTimes, MemberRole } from "@cortensor/protocol";
import type { Authorise } from "@cortensor/wire";

/** What a miner asks of its chain. */
export type MinerChain = {
  readonly times: EpochTimes;
  /** Where it is registered: what verifies it is signed for there. */
  readonly home: VerificationDomain;
  /** A private network: its tasks are private, and its routers its own. */
  readonly isPrivate?: true;
  /** An account's role in a private network. */
  readonly readRole?: (account: Address) => Promise<MemberRole>;
  /** Undefined: no node ever had this signing address. */
  readNode(signer: Address): Promise<Pick<NodeRecord, "owner" | "roles" | "leftAt"> | undefined>;
  /** What stands behind an operator's receipts, in wei. */
  readBondWei(operator: Address): Promise<bigint>;
  /** How far an operator's lane has credited a payee, in wei. */
  readCreditedWei(request: { readonly operator: Address; readonly payee: Address }): Promise<bigint>;
  /** What the seeds of an epoch's tasks are made of; undefined while it isn't known. */
  readBeacon(epoch: number): Promise<Bytes32 | undefined>;
};

export function createMinerChain(reader: ChainReader): MinerChain {
  const { t0, epochSeconds, isPrivate } = reader.profile;
  return {
    ...(isPrivate && { isPrivate, readRole: (account: Address) => readMemberRole(reader, account) }),
    times: { t0, epochSeconds },
    home: reader.home.profile,
    readNode: (signer) => readNode(reader, signer),
    readBeacon: (epoch) => readSeedBeacon(reader, epoch),
    readBondWei: async (operator) => (await readBond(reader, operator)).bondWei,
    readCreditedWei: async ({ operator: lane, payee }) => (await readCredit(reader, { lane, payee })).creditedWei,
  };
}

/** Serves only registered routers, and looks at what stands behind each one's operator. */
export function authoriseRouters(
  chain: Pick<MinerChain, "readNode" | "readRole">,
  look: (operator: Address) => Promise<unknown>,
): Authorise {
  return async (peer) => {
    const node = await chain.readNode(peer.address);
    if (node === undefined) return { kind: "refused", detail: "no node of this address is registered" };
    if (node.leftAt !== 0) return { kind: "refused", detail: "this node has left the network" };
    if (!node.roles.includes("router")) return { kind: "refused", detail: "this node is no router" };
    if (chain.readRole !== undefined && (await isOutsider(chain.readRole, [peer.address, node.owner])))
      return { kind: "refused", detail: "this router, or its operator, is no node of this private network" };
    await look(node.owner);
    return { kind: "granted", owner: node.owner };
  };
}

async function isOutsider(
  readRole: NonNullable<MinerChain["readRole"]>,
  accounts: readonly Address[],
): Promise<boolean> {
  const roles = await Promise.all(accounts.map(readRole));
  return roles.some((role) => role !== "node");
}
