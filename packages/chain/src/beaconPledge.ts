import { type Address, parseAddress } from "@cortensor/protocol";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import { beaconsAbi } from "./generated/Beacons.js";
import { guardSetsAbi } from "./generated/GuardSets.js";

/** What one guard has done for an epoch's beacon. */
export type BeaconPledge = { readonly isCommitted: boolean; readonly isRevealed: boolean };

/** Whether a guard committed to a secret for an epoch's beacon, and showed it. Commitments are of the set of the second epoch before. */
export async function readBeaconPledge(
  chain: ChainReader,
  { epoch, guard }: { readonly epoch: number; readonly guard: Address },
): Promise<BeaconPledge> {
  const { client, profile } = chain;
  const { beacons, guardSets } = profile.addresses;
  if (epoch < 2) return { isCommitted: false, isRevealed: false };
  const set = { address: guardSets, abi: guardSetsAbi, functionName: "setAt", args: [BigInt(epoch - 2)] } as const;
  const round = { address: beacons, abi: beaconsAbi, functionName: "roundOf", args: [BigInt(epoch)] } as const;
  const [members, [committed, revealed]] = await chainCall(
    "readBeaconPledge",
    Promise.all([client.readContract(set), client.readContract(round)]),
  );
  const place = members.findIndex((member) => parseAddress(member.guard) === guard);
  const has = (bits: number): boolean => place >= 0 && Math.floor(bits / 2 ** place) % 2 === 1;
  return { isCommitted: has(committed), isRevealed: has(revealed) };
}
