import { epochAt, readHead } from "@cortensor/chain";
import { epochStart, type UnixSeconds } from "@cortensor/protocol";
import { anvilCall } from "./anvilCall.js";
import type { Network } from "./startNetwork.js";

/** Moves a local chain's time on to a second, unless it is there already. Every process learns of it by its next look, in some ten seconds. */
export async function moveTo({ chain, rpcUrl }: Network, second: UnixSeconds): Promise<void> {
  if ((await readHead(chain)).timestamp >= second) return;
  await anvilCall(rpcUrl, "evm_setNextBlockTimestamp", [second]);
  await anvilCall(rpcUrl, "evm_mine", []);
}

/** Moves into an epoch, unless it has begun. */
export function toEpoch(network: Network, epoch: number): Promise<void> {
  return moveTo(network, epochStart(network.profile, epoch) + 1);
}

export async function epochNow({ chain, profile }: Network): Promise<number> {
  return epochAt(profile, (await readHead(chain)).timestamp);
}
