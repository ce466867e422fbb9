import { type ChainWriter, postPrekeyHash, readPrekeyHash, readPrekeyTimes } from "@cortensor/chain";
import type { Address, Bytes32, PrekeyTimes } from "@cortensor/protocol";

/** What a miner asks of its chain about prekeys, and sends. */
export type PrekeyChain = {
  readonly chainId: number;
  readonly registry: Address;
  readonly times: PrekeyTimes;
  /** What the chain holds for this miner; undefined for nothing. */
  readHash(prekeyEpoch: number): Promise<Bytes32 | undefined>;
  /** Resolves when it is in a block. */
  postHash(request: { readonly prekeyEpoch: number; readonly bundleHash: Bytes32 }): Promise<unknown>;
};

/** The writer's account is the miner's signing address. It pays the gas: once a prekey epoch. */
export async function createPrekeyChain(writer: ChainWriter): Promise<PrekeyChain> {
  const { chainId, addresses } = writer.profile;
  const node = writer.account;
  return {
    chainId,
    registry: addresses.registry,
    times: await readPrekeyTimes(writer),
    readHash: (prekeyEpoch) => readPrekeyHash(writer, { node, prekeyEpoch }),
    postHash: (request) => postPrekeyHash(writer, { node, ...request }),
  };
}
