import type { Address, Hex } from "@cortensor/protocol";
import type { PublicClient } from "viem";
import { chainCall } from "../chainError.js";

/** What proves slots of one contract under a block's state. */
export type SlotProofs = {
  /** Nodes from the state's root to the contract's account. */
  readonly account: readonly Hex[];
  /** Nodes from the contract's storage root, for each slot in turn: to where it is, or would be. */
  readonly slots: readonly (readonly Hex[])[];
};

/** Asks a chain for what proves a contract's slots. */
export async function readSlotProofs(
  client: PublicClient,
  of: { readonly address: Address; readonly slots: readonly Hex[]; readonly blockNumber: bigint },
): Promise<SlotProofs> {
  const { address, slots, blockNumber } = of;
  const got = await chainCall("readSlotProofs", client.getProof({ address, storageKeys: [...slots], blockNumber }));
  return { account: got.accountProof, slots: got.storageProof.map(({ proof }) => proof) };
}

/** One slot's. */
export async function readSlotProof(
  client: PublicClient,
  of: { readonly address: Address; readonly slot: Hex; readonly blockNumber: bigint },
): Promise<readonly Hex[]> {
  const { slots } = await readSlotProofs(client, { ...of, slots: [of.slot] });
  return slots[0] ?? [];
}
