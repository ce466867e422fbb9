import type { Address } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainReader } from "./chainReader.js";
import type { ChainReceipt, ChainWriter } from "./chainWriter.js";
import { verifierListAbi } from "./generated/VerifierList.js";
import { sendTo } from "./sendTo.js";

/** Names a verifier of the start-up phase. The writer must own the list. */
export async function addVerifier(chain: ChainWriter, verifier: Address): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: verifierListAbi, functionName: "add", args: [verifier] });
  return sendTo(chain.home, "verifiers", { call: "addVerifier", data });
}

/** Strikes a verifier off: what it has verified holds no more. The writer must own the list. */
export async function removeVerifier(chain: ChainWriter, verifier: Address): Promise<ChainReceipt> {
  const data = encodeFunctionData({ abi: verifierListAbi, functionName: "remove", args: [verifier] });
  return sendTo(chain.home, "verifiers", { call: "removeVerifier", data });
}

/** Whether the word of an account counts now. */
export async function readIsVerifier(chain: ChainReader, account: Address): Promise<boolean> {
  const { client, profile } = chain.home;
  const list = { address: profile.addresses.verifiers, abi: verifierListAbi } as const;
  const read = client.readContract({ ...list, functionName: "isVerifier", args: [account] });
  return chainCall("readIsVerifier", read);
}
