import type { Address } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainSender, ChainWriter } from "./chainWriter.js";
import { corAbi } from "./generated/Cor.js";
import { sendTo } from "./sendTo.js";

/** A chain on which there is COR: a network's own, or its home. */
export type CorReader = Pick<ChainReader, "client"> & {
  readonly profile: { readonly addresses: { readonly cor: Address } };
};
type CorWriter = CorReader & Pick<ChainSender, "account" | "send">;

/** COR that an address holds, in wei. Credits and deposits are not in it. */
export async function readCorBalance(chain: CorReader, holder: Address): Promise<bigint> {
  const cor = { address: chain.profile.addresses.cor, abi: corAbi } as const;
  return chainCall("readCorBalance", chain.client.readContract({ ...cor, functionName: "balanceOf", args: [holder] }));
}

/** Sends COR of the writer. */
export async function transferCor(
  chain: CorWriter,
  request: { readonly to: Address; readonly wei: bigint },
): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: corAbi, functionName: "transfer", args: [request.to, request.wei] });
  return sendTo(chain, "cor", { call: "transferCor", data });
}

/** Lets a contract take `wei` of the writer's COR. Default: SessionPayment. */
export async function approveCor(
  chain: ChainWriter,
  request: { readonly spender?: Address; readonly wei: bigint },
): Promise<ChainReceipt> {
  return allow(chain, { spender: chain.profile.addresses.sessionPayment, ...request });
}

function allow(chain: CorWriter, request: { readonly spender: Address; readonly wei: bigint }): Promise<ChainReceipt> {
  const args = [request.spender, request.wei] as const;
  const data = encodeFunctionData({ abi: corAbi, functionName: "approve", args });
  return sendTo(chain, "cor", { call: "approveCor", data });
}

/** Approves exactly `wei` for `spender`, unless as much is allowed already. */
export async function ensureAllowance(
  chain: CorWriter,
  request: { readonly spender: Address; readonly wei: bigint },
): Promise<void> {
  const cor = { address: chain.profile.addresses.cor, abi: corAbi } as const;
  const args = [chain.account, request.spender] as const;
  const allowed = await chainCall("allowance", chain.client.readContract({ ...cor, functionName: "allowance", args }));
  if (allowed < request.wei) await allow(chain, request);
}
