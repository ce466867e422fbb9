import type { Address, Hex, SpendingKey, UnixSeconds } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";
import { sendTo } from "./sendTo.js";

const STATES = ["none", "active", "revoked"] as const;

export type SpendingKeyRecord = {
  readonly state: (typeof STATES)[number];
  readonly capPerEpochWei: bigint;
  readonly totalCapWei: bigint;
  /** Epochs that begin before it may be spent in; the time of revocation, once revoked. */
  readonly expires: UnixSeconds;
  readonly spentTotalWei: bigint;
  /** Spent in `epoch`, the last one that anything was spent in. */
  readonly spentInEpochWei: bigint;
  readonly epoch: number;
};

/**
 * Lets a router-held key sign debits of an account within caps. A key can be added once. The writer owns the session, or
 * passes the owner's signature of the `SpendingKey`.
 */
export async function addSpendingKey(
  chain: ChainWriter,
  request: SpendingKey & { readonly signature?: Hex },
): Promise<ChainReceipt> {
  const { account, key, capPerEpochWei, totalCapWei, expires, signature = "0x" } = request;
  const args = [account, key, capPerEpochWei, totalCapWei, BigInt(expires), signature] as const;
  const data = encodeFunctionData({ abi: sessionPaymentAbi, functionName: "addSpendingKey", args });
  return sendTo(chain, "sessionPayment", { call: "addSpendingKey", data });
}

/** Ends a key with the running epoch: what was served in it may still be settled, within its caps. */
export async function revokeSpendingKey(
  chain: ChainWriter,
  request: { readonly account: number; readonly key: Address },
): Promise<ChainReceipt> {
  const args = [request.account, request.key] as const;
  const data = encodeFunctionData({ abi: sessionPaymentAbi, functionName: "revokeSpendingKey", args });
  return sendTo(chain, "sessionPayment", { call: "revokeSpendingKey", data });
}

export async function readSpendingKey(
  chain: ChainReader,
  request: { readonly account: number; readonly key: Address },
): Promise<SpendingKeyRecord> {
  const payment = { address: chain.profile.addresses.sessionPayment, abi: sessionPaymentAbi } as const;
  const args = [request.account, request.key] as const;
  const read = chain.client.readContract({ ...payment, functionName: "spendingKeyOf", args });
  const { state, expires, epoch, ...amounts } = await chainCall("readSpendingKey", read);
  return { state: STATES[state] ?? "none", ...amounts, expires: Number(expires), epoch: Number(epoch) };
}
