import { type Bytes32, type Message, type MessageWay, messageId, parseAddress } from "@cortensor/protocol";
import { isHex, parseEventLogs } from "viem";
import { blockRanges } from "../blockRanges.js";
import { ChainError, chainCall } from "../chainError.js";
import type { LinkEnd } from "./link.js";
import { linkMessengerAbi } from "./linkMessengerAbi.js";

/** A message as its sending end told it, and in which block. */
export type SentMessage = Message & { readonly id: Bytes32; readonly blockNumber: number };

/**
 * What an end sent in a range of blocks (inclusive), in the order of their numbers. Throws CHAIN_BAD_LINK for logs that no messenger of ours wrote: an id that
 * isn't its message's, or a message without its gas.
 */
export async function readSent(
  end: LinkEnd,
  way: MessageWay,
  range: { readonly fromBlock: number; readonly toBlock: number },
): Promise<readonly SentMessage[]> {
  const sent: SentMessage[] = [];
  for (const piece of blockRanges(BigInt(range.fromBlock), BigInt(range.toBlock))) {
    const raw = await chainCall("readSent", end.client.getLogs({ address: end.messenger, ...piece }));
    const gases = new Map(
      parseEventLogs({ abi: linkMessengerAbi, eventName: "GasGiven", logs: raw }).map(({ args }) => [args.id, args]),
    );
    for (const { args, blockNumber } of parseEventLogs({ abi: linkMessengerAbi, eventName: "Sent", logs: raw })) {
      const gas = gases.get(args.id);
      if (gas === undefined || blockNumber === null) throw bad(`message ${args.nonce} without its gas`);
      if (!isHex(args.body)) throw bad(`message ${args.nonce} with a body that is no hex`);
      const message: Message = {
        nonce: Number(args.nonce),
        from: parseAddress(args.from),
        to: parseAddress(args.to),
        gasLimit: Number(gas.gasLimit),
        body: args.body,
      };
      if (messageId(way, message) !== args.id) throw bad(`message ${args.nonce} under another's id`);
      sent.push({ ...message, id: args.id, blockNumber: Number(blockNumber) });
    }
  }
  return sent;
}

/** How many messages an end had sent by a block. */
export async function readSentCount(end: LinkEnd, blockNumber: number): Promise<number> {
  const read = end.client.readContract({
    address: end.messenger,
    abi: linkMessengerAbi,
    functionName: "nonce",
    blockNumber: BigInt(blockNumber),
  });
  return Number(await chainCall("readSentCount", read));
}

function bad(reason: string): ChainError {
  return new ChainError({ code: "CHAIN_BAD_LINK", reason });
}
