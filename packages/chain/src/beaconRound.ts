import { type BeaconCommit, type BeaconReveal, type DrandRound, parseAddress } from "@cortensor/protocol";
import { blockRanges } from "./blockRanges.js";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { beaconsAbi } from "./generated/Beacons.js";

/** What was posted for one epoch's beacon: what `beaconOf` takes. */
export type BeaconRound = {
  readonly commits: readonly BeaconCommit[];
  readonly reveals: readonly BeaconReveal[];
  /** The round of drand; the contract takes one at most, and has checked it. */
  readonly drand?: DrandRound;
};

/** Commitments, secrets and the drand round for an epoch's beacon that were posted in a range of blocks (inclusive). */
export async function readBeaconRound(
  chain: ChainReader,
  query: { readonly epoch: number; readonly fromBlock: bigint; readonly toBlock: bigint },
): Promise<BeaconRound> {
  const beacons = { address: chain.profile.addresses.beacons, abi: beaconsAbi, strict: true } as const;
  const args = { epoch: BigInt(query.epoch) };
  const commits: BeaconCommit[] = [];
  const reveals: BeaconReveal[] = [];
  let drand: DrandRound | undefined;
  for (const piece of blockRanges(query.fromBlock, query.toBlock)) {
    const [committed, revealed, posted] = await chainCall(
      "readBeaconRound",
      Promise.all([
        chain.client.getContractEvents({ ...beacons, eventName: "BeaconCommitted", args, ...piece }),
        chain.client.getContractEvents({ ...beacons, eventName: "BeaconRevealed", args, ...piece }),
        chain.client.getContractEvents({ ...beacons, eventName: "RoundPosted", args, ...piece }),
      ]),
    );
    commits.push(...committed.map(({ args: { guard, commitment } }) => ({ guard: parseAddress(guard), commitment })));
    reveals.push(...revealed.map(({ args: { guard, secret } }) => ({ guard: parseAddress(guard), secret })));
    for (const { args } of posted) drand = { round: Number(args.round), randomness: args.randomness };
  }
  return { commits, reveals, ...(drand && { drand }) };
}
