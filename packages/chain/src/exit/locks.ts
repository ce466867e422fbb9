import type { Address, Hex } from "@cortensor/protocol";
import { encodeFunctionData, type PublicClient } from "viem";
import { blockRanges } from "../blockRanges.js";
import { chainCall } from "../chainError.js";
import type { ChainReader } from "../chainReader.js";
import type { ChainWriter } from "../chainWriter.js";
import { exitVaultAbi } from "../generated/ExitVault.js";
import { opMessengerAbi } from "../generated/OpMessenger.js";
import { lockClaimIdOf, showCalls } from "./claims.js";
import type { ExitPlace } from "./exitPlace.js";
import { readSlotProof } from "./slotProofs.js";
import { SLOTS, slotOf } from "./slots.js";

/** COR that an account locked and that never arrived below. */
export type LockStep =
  | { readonly kind: "takenBack"; readonly lock: Hex; readonly amountWei: bigint; readonly txHash: string }
  | { readonly kind: "takenBackBefore"; readonly lock: Hex; readonly amountWei: bigint };

const DELIVERED = 3;
const ABSENT = 0;

/** Gives back what an account locked and that isn't in the last state. */
export async function takeLocksBack(parts: {
  readonly place: ExitPlace;
  readonly chain: ChainReader;
  readonly parent: PublicClient;
  readonly sender: Pick<ChainWriter, "send">;
  readonly account: Address;
  /** Whose state was fixed; undefined where the chain never posted one. */
  readonly blockNumber: bigint | undefined;
}): Promise<readonly LockStep[]> {
  const { place, chain, parent, sender, account, blockNumber } = parts;
  const steps: LockStep[] = [];
  for (const { id, amountWei } of await readLocks(parent, place, account)) {
    const state = blockNumber === undefined ? ABSENT : await readState(chain, place, { id, blockNumber });
    if (state === DELIVERED) continue;
    const vault = { address: place.vault, abi: exitVaultAbi } as const;
    const claimed = parent.readContract({ ...vault, functionName: "isClaimed", args: [lockClaimIdOf(id)] });
    if (await chainCall("isClaimed", claimed)) {
      steps.push({ kind: "takenBackBefore", lock: id, amountWei });
      continue;
    }
    if (blockNumber !== undefined)
      for (const call of await showCalls({ chain, place, blockNumber, parent }, [place.childMessenger]))
        await sender.send(call);
    const at = { address: place.childMessenger, slot: slotOf(id, SLOTS.states) };
    const nodes = blockNumber === undefined ? [] : await readSlotProof(chain.client, { ...at, blockNumber });
    const args = [id, state === ABSENT, nodes] as const;
    const data = encodeFunctionData({ abi: exitVaultAbi, functionName: "takeBack", args });
    const { txHash } = await sender.send({ call: "takeBack", to: place.vault, data });
    steps.push({ kind: "takenBack", lock: id, amountWei, txHash });
  }
  return steps;
}

async function readLocks(parent: PublicClient, { vault, fromBlock }: ExitPlace, from: Address) {
  const head = await chainCall("readLocks", parent.getBlockNumber());
  const found: { readonly id: Hex; readonly amountWei: bigint }[] = [];
  for (const range of blockRanges(fromBlock, head)) {
    const query = { address: vault, abi: exitVaultAbi, eventName: "Locked", args: { from }, strict: true } as const;
    for (const { args } of await chainCall("readLocks", parent.getContractEvents({ ...query, ...range })))
      found.push({ id: args.id, amountWei: args.amountWei });
  }
  return found;
}

async function readState(
  { client }: ChainReader,
  { childMessenger }: ExitPlace,
  { id, blockNumber }: { readonly id: Hex; readonly blockNumber: bigint },
): Promise<number> {
  const end = { address: childMessenger, abi: opMessengerAbi, blockNumber } as const;
  return chainCall("readState", client.readContract({ ...end, functionName: "stateOf", args: [id] }));
}
