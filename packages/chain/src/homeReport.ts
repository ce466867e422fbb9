import type { Address } from "@cortensor/protocol";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { reportNodes, syncStake } from "./crossings/index.js";
import type { NodeRecord } from "./nodeRecord.js";
import { readNode } from "./readNode.js";
import { readStake } from "./stake.js";
import { toReceipt } from "./toReceipt.js";

/** What the serving layer knows of what stands at home. Where both are one chain it knows all. */
export type HomeHearing = {
  /** The node stands there as it does at home; also where neither knows it. */
  readonly isNodeHeard: boolean;
  /** Its operator has stake there, or has none at home. */
  readonly isStakeHeard: boolean;
};

/** Compares a node, and the stake behind it, at home and on the serving layer: with both heard the node is usable there. */
export async function readHomeHearing(
  chain: ChainReader,
  { signer, operator }: { readonly signer: Address; readonly operator: Address },
): Promise<HomeHearing> {
  const [stands, said, stake] = await Promise.all([
    readNode(chain.home, signer),
    readNode(chain, signer),
    readStake(chain, operator),
  ]);
  return { isNodeHeard: isSameNode(stands, said), isStakeHeard: stake.viewWei > 0n || stake.stakedWei === 0n };
}

function isSameNode(stands: NodeRecord | undefined, said: NodeRecord | undefined): boolean {
  if (stands === undefined || said === undefined) return stands === said;
  return (
    stands.owner === said.owner &&
    stands.leftAt === said.leftAt &&
    stands.sealingKey === said.sealingKey &&
    stands.kernelClass === said.kernelClass &&
    stands.endpoint === said.endpoint &&
    stands.roles.join() === said.roles.join()
  );
}

/** Has the serving layer told of nodes as they stand at home, 32 at most. By anyone; undefined where it needs no telling. */
export async function reportToServing(
  { home }: ChainWriter,
  signers: readonly Address[],
): Promise<ChainReceipt | undefined> {
  const { registryReporter: reporter } = home.profile.addresses;
  return reporter === undefined ? undefined : toReceipt(await reportNodes(home, { reporter, signers }));
}

/** Has the vault tell of an operator's stake anew, as it does at each change. By anyone; undefined where it needs no telling. */
export async function retellStake({ home }: ChainWriter, operator: Address): Promise<ChainReceipt | undefined> {
  const { registryReporter, stakeVault: vault } = home.profile.addresses;
  return registryReporter === undefined ? undefined : toReceipt(await syncStake(home, { vault, operator }));
}
