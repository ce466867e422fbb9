import {
  createChainReader,
  type Deployment,
  type NodeRecord,
  type PrekeyKey,
  readHead,
  readNode,
  readPrekeyHash,
  readPrekeyTimes,
} from "@cortensor/chain";
import type { Address, Bytes32, PrekeyTimes } from "@cortensor/protocol";

/** What a client asks of its chain before it seals. */
export type SealingChain = {
  readonly chainId: number;
  readonly registry: Address;
  readNode(signer: Address): Promise<Pick<NodeRecord, "owner" | "roles" | "leftAt"> | undefined>;
  readPrekeyHash(key: PrekeyKey): Promise<Bytes32 | undefined>;
  readPrekeyTimes(): Promise<PrekeyTimes>;
  readHead(): Promise<{ readonly timestamp: number }>;
};

export function createSealingChain(deployment: Deployment): SealingChain {
  const chain = createChainReader({ profile: deployment });
  const { chainId, addresses } = chain.profile;
  return {
    chainId,
    registry: addresses.registry,
    readNode: (signer) => readNode(chain, signer),
    readPrekeyHash: (key) => readPrekeyHash(chain, key),
    readPrekeyTimes: () => readPrekeyTimes(chain),
    readHead: () => readHead(chain),
  };
}
