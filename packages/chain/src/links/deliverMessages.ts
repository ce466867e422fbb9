import type { Bytes32, Message } from "@cortensor/protocol";
import { encodeFunctionData } from "viem";
import { chainCall } from "../chainError.js";
import type { ChainWriter, SentCall } from "../chainWriter.js";
import { quorumMessengerAbi } from "../generated/QuorumMessenger.js";
import type { LinkEnd } from "./link.js";
import { linkMessengerAbi } from "./linkMessengerAbi.js";

/** Where a message stands at the end that takes it, in the contract's order. */
export const LINK_STATES = ["none", "held", "failed", "delivered"] as const;
export type LinkState = (typeof LINK_STATES)[number];

export async function readLinkStates(end: LinkEnd, ids: readonly Bytes32[]): Promise<readonly LinkState[]> {
  const at = { address: end.messenger, abi: linkMessengerAbi, functionName: "stateOf" } as const;
  const states = await chainCall(
    "readLinkStates",
    Promise.all(ids.map((id) => end.client.readContract({ ...at, args: [id] }))),
  );
  return states.map((state) => LINK_STATES[state] ?? "none");
}

/** Hands messages in by the outbox of an epoch, each with its path. One that was delivered before changes nothing. By anyone. */
export async function deliverMessages(
  sender: Pick<ChainWriter, "send">,
  of: {
    readonly end: LinkEnd;
    readonly epoch: number;
    readonly messages: readonly Message[];
    readonly paths: readonly (readonly Bytes32[])[];
  },
): Promise<SentCall> {
  const args = [BigInt(of.epoch), of.messages.map(toArgument), of.paths] as const;
  const data = encodeFunctionData({ abi: quorumMessengerAbi, functionName: "deliver", args });
  return sender.send({ call: "deliverMessages", to: of.end.messenger, data });
}

/** Tries a held or failed message again, with its own gas or more. By anyone. */
export async function retryMessage(
  sender: Pick<ChainWriter, "send">,
  { end, message, gasLimit }: { readonly end: LinkEnd; readonly message: Message; readonly gasLimit: number },
): Promise<SentCall> {
  const args = [toArgument(message), BigInt(gasLimit)] as const;
  const data = encodeFunctionData({ abi: linkMessengerAbi, functionName: "retry", args });
  return sender.send({ call: "retryMessage", to: end.messenger, data });
}

function toArgument({ nonce, from, to, gasLimit, body }: Message) {
  return { nonce: BigInt(nonce), from, to, gasLimit: BigInt(gasLimit), body };
}
