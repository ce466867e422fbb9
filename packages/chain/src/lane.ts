import type { Address, UnixSeconds } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";
import { sendTo } from "./sendTo.js";

export type LaneRecord = {
  /** What the lane may spend in all. */
  readonly allotmentWei: bigint;
  /** What was settled in all. */
  readonly cumulativeWei: bigint;
  /** Receipts under the last settled debit. */
  readonly count: number;
  /** A lower allotment that waits. */
  readonly lowering?: { readonly toWei: bigint; readonly at: UnixSeconds };
};

/** What one operator may spend of an account, and has. Zeros for a lane that never was. */
export async function readLane(
  chain: ChainReader,
  request: { readonly account: number; readonly lane: Address },
): Promise<LaneRecord> {
  const payment = { address: chain.profile.addresses.sessionPayment, abi: sessionPaymentAbi } as const;
  const args = [request.account, request.lane] as const;
  const [line, lowering] = await chainCall(
    "readLane",
    Promise.all([
      chain.client.readContract({ ...payment, functionName: "laneOf", args }),
      chain.client.readContract({ ...payment, functionName: "loweringOf", args }),
    ]),
  );
  const { allotmentWei, cumulativeWei, count } = line;
  const waiting = { toWei: lowering.toWei, at: Number(lowering.at) };
  return { allotmentWei, cumulativeWei, count, ...(waiting.at !== 0 && { lowering: waiting }) };
}

/** Sets what a lane may spend in all. Raised at once; a lower amount waits 24 hours for `applyAllotment`. */
export async function setAllotment(
  chain: ChainWriter,
  request: { readonly account: number; readonly lane: Address; readonly wei: bigint },
): Promise<ChainReceipt> {
  const args = [request.account, request.lane, request.wei] as const;
  const data = encodeFunctionData({ abi: sessionPaymentAbi, functionName: "setAllotment", args });
  return sendTo(chain, "sessionPayment", { call: "setAllotment", data });
}

/** Puts a lowered allotment in force. Anyone may. */
export async function applyAllotment(
  chain: ChainWriter,
  request: { readonly account: number; readonly lane: Address },
): Promise<ChainReceipt> {
  const args = [request.account, request.lane] as const;
  const data = encodeFunctionData({ abi: sessionPaymentAbi, functionName: "applyAllotment", args });
  return sendTo(chain, "sessionPayment", { call: "applyAllotment", data });
}
