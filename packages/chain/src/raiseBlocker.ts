import { parseAddress } from "@cortensor/protocol";
import type { Transaction } from "viem";
import { chainCall } from "./chainError.js";
import { type Flight, type Launcher, raise } from "./flight.js";

/**
 * Raises the transaction under a nonce that this process knows nothing of: one of an earlier process with the same key. It does
 * the same as before, for more. Nothing happens when the node can't show it, or when it is of a kind that isn't sent here.
 */
export async function raiseBlocker(launcher: Launcher, nonce: number): Promise<void> {
  const found = (await findBySender(launcher, nonce)) ?? (await findInNextBlock(launcher, nonce));
  if (found === undefined || found.type !== "eip1559" || found.blockNumber !== null) return;
  const { maxFeePerGas, maxPriorityFeePerGas } = found;
  const flight: Flight = {
    call: "raiseBlocker",
    nonce,
    gas: found.gas,
    target: { value: found.value, data: found.input, ...(found.to && { to: parseAddress(found.to) }) },
    fees: { maxFeePerGas, maxPriorityFeePerGas },
    versions: [],
  };
  await raise(launcher, flight);
}

/** Undefined too when the node doesn't know the question: it is a young one. */
async function findBySender({ client, signer }: Launcher, nonce: number): Promise<Transaction | undefined> {
  return client.getTransaction({ sender: signer.address, nonce }).catch(() => undefined);
}

/** Every node knows this one, but shows only what its next block would hold. */
async function findInNextBlock({ client, signer }: Launcher, nonce: number): Promise<Transaction | undefined> {
  const asked = client.getBlock({ blockTag: "pending", includeTransactions: true });
  const { transactions } = await chainCall("raiseBlocker", asked);
  const found = transactions.find((tx) => tx.nonce === nonce && parseAddress(tx.from) === parseAddress(signer.address));
  return found && { ...found, blockHash: null, blockNumber: null, transactionIndex: null };
}
