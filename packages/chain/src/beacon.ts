import { type Bytes32, hasCode, ZERO_BYTES32 } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { beaconsAbi } from "./generated/Beacons.js";
import { sendTo } from "./sendTo.js";

/** Commits to a secret for an epoch's beacon (`beaconCommitment`), in the records of the second epoch before. The writer must be one of its guards. */
export async function commitBeacon(
  chain: ChainWriter,
  { epoch, commitment }: { readonly epoch: number; readonly commitment: Bytes32 },
): Promise<ChainReceipt> {
  const args = [BigInt(epoch), commitment] as const;
  const data = encodeFunctionData({ abi: beaconsAbi, functionName: "commit", args });
  return sendTo(chain, "beacons", { call: "commitBeacon", data });
}

/** Shows the secret that the writer committed to, in the records of the epoch before. */
export async function revealBeacon(
  chain: ChainWriter,
  { epoch, secret }: { readonly epoch: number; readonly secret: Bytes32 },
): Promise<ChainReceipt> {
  const args = [BigInt(epoch), secret] as const;
  const data = encodeFunctionData({ abi: beaconsAbi, functionName: "reveal", args });
  return sendTo(chain, "beacons", { call: "revealBeacon", data });
}

/** Writes the beacons up to an epoch's down, and names who didn't show. By anyone. */
export async function closeBeacon(chain: ChainWriter, epoch: number): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: beaconsAbi, functionName: "close", args: [BigInt(epoch)] });
  return sendTo(chain, "beacons", { call: "closeBeacon", data });
}

/** Undefined while it isn't known: until a block at or after the cut-off of the epoch before. */
export async function readBeacon(chain: ChainReader, epoch: number): Promise<Bytes32 | undefined> {
  return readAt(chain, epoch, "latest");
}

/** What seeds are made of: the same, as the block being made has it, so that a chain that rests for a while keeps nobody waiting for its next block. */
export async function readSeedBeacon(chain: ChainReader, epoch: number): Promise<Bytes32 | undefined> {
  try {
    return await readAt(chain, epoch, "pending");
  } catch (error) {
    // Not every node has such a view: then its last block's holds.
    if (hasCode(error, "CHAIN_RPC_FAILED")) return readAt(chain, epoch, "latest");
    throw error;
  }
}

async function readAt(chain: ChainReader, epoch: number, blockTag: "latest" | "pending"): Promise<Bytes32 | undefined> {
  const beacons = { address: chain.profile.addresses.beacons, abi: beaconsAbi } as const;
  const read = chain.client.readContract({ ...beacons, functionName: "beaconOf", args: [BigInt(epoch)], blockTag });
  const beacon = await chainCall("readBeacon", read);
  return beacon === ZERO_BYTES32 ? undefined : beacon;
}
