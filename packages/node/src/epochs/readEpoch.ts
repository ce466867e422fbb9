import type { BeaconView, EpochView, RootView } from "@cortensor/api";
import {
  type ChainReader,
  type PostedAttestation,
  readAttestations,
  readBeacon,
  readBeaconRound,
  readGuardSet,
  readPostedQuorum,
} from "@cortensor/chain";
import { ATTESTATION_KINDS, leaderSlotAt, type UnixSeconds } from "@cortensor/protocol";

/** Blocks in which everything of an epoch is: its commitments, its secrets, its roots. */
export type EpochBlocks = { readonly fromBlock: bigint; readonly toBlock: bigint };

/** What the chain has of an epoch that is over. */
export type EpochFacts = Omit<EpochView, "coversFrom">;

export async function readEpoch(
  chain: ChainReader,
  of: { readonly epoch: number; readonly atSeconds: UnixSeconds; readonly blocks: EpochBlocks },
): Promise<EpochFacts> {
  const { epoch, atSeconds, blocks } = of;
  const subjectChainId = chain.profile.chainId;
  const [set, posted, beacon] = await Promise.all([
    readGuardSet(chain, epoch),
    readAttestations(chain, { ...blocks, subjectChainId, epoch }),
    readBeaconView(chain, { epoch, ...blocks }),
  ]);
  const roots = await Promise.all(posted.map((one) => readRoot(chain, one)));
  return {
    epoch,
    guards: set.members.length,
    roots: roots.sort((left, right) => placeOf(left) - placeOf(right)),
    missing: ATTESTATION_KINDS.filter((kind) => posted.every((one) => one.kind !== kind)),
    isOpen: leaderSlotAt(chain.profile, epoch, atSeconds) !== undefined,
    ...(beacon && { beacon }),
  };
}

function placeOf({ kind }: RootView): number {
  return ATTESTATION_KINDS.indexOf(kind);
}

async function readRoot(chain: ChainReader, { kind, root, blockNumber, txHash }: PostedAttestation): Promise<RootView> {
  const packed = await readPostedQuorum(chain, txHash);
  const view = { kind, root, blockNumber: Number(blockNumber), txHash };
  return packed === undefined ? view : { ...view, signatures: countSignatures(packed) };
}

/** Bits of a packed quorum's bitmap, its first four bytes: the contract has checked that there is a signature for each. */
function countSignatures(packed: Uint8Array): number {
  let count = 0;
  for (const byte of packed.subarray(0, 4)) for (let bits = byte; bits > 0; bits >>= 1) count += bits & 1;
  return count;
}

async function readBeaconView(
  chain: ChainReader,
  of: EpochBlocks & { readonly epoch: number },
): Promise<BeaconView | undefined> {
  const [beacon, { commits, reveals, drand }] = await Promise.all([
    readBeacon(chain, of.epoch),
    readBeaconRound(chain, of),
  ]);
  if (beacon === undefined) return undefined;
  const isFallback = reveals.length === 0 && drand === undefined;
  return { beacon, committed: commits.length, revealed: reveals.length, isFallback };
}
