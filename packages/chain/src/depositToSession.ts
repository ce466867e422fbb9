import { parseAddress } from "@cortensor/protocol";
import { encodeFunctionData, parseSignature } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { corAbi } from "./generated/Cor.js";
import { sessionPaymentAbi } from "./generated/SessionPayment.js";
import { readHead } from "./readHead.js";
import { sendTo } from "./sendTo.js";

/** How long a permit holds, in seconds of chain time: long enough for a slow block. */
const PERMIT_SECONDS = 3_600;

const permitTypes = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

/** Signs a permit for `wei` of the writer's COR and deposits it, in one transaction. */
export async function depositToSession(
  chain: ChainWriter,
  request: { readonly account: number; readonly wei: bigint },
): Promise<ChainReceipt> {
  const { cor, sessionPayment } = chain.profile.addresses;
  const deadline = BigInt((await readHead(chain)).timestamp + PERMIT_SECONDS);
  const read = { address: cor, abi: corAbi, functionName: "nonces", args: [chain.account] } as const;
  const nonce = await chainCall("nonces", chain.client.readContract(read));
  const signature = await chain.signer.signTypedData({
    domain: { name: "Cortensor", version: "1", chainId: chain.profile.chainId, verifyingContract: parseAddress(cor) },
    types: permitTypes,
    primaryType: "Permit",
    message: { owner: chain.account, spender: sessionPayment, value: request.wei, nonce, deadline },
  });
  const { r, s, yParity } = parseSignature(signature);
  const args = [request.account, request.wei, deadline, 27 + yParity, r, s] as const;
  const data = encodeFunctionData({ abi: sessionPaymentAbi, functionName: "depositWithPermit", args });
  return sendTo(chain, "sessionPayment", { call: "depositToSession", data });
}

/** Pays out a part of the deposit that no lane may spend, to the writer, who must own the session. */
export async function withdrawUnallotted(
  chain: ChainWriter,
  request: { readonly account: number; readonly wei: bigint },
): Promise<ChainReceipt> {
  const args = [request.account, request.wei] as const;
  const data = encodeFunctionData({ abi: sessionPaymentAbi, functionName: "withdrawUnallotted", args });
  return sendTo(chain, "sessionPayment", { call: "withdrawUnallotted", data });
}
