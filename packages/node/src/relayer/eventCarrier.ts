import {
  type ChainWriter,
  type Link,
  readBlock,
  readLinkStates,
  readSent,
  retryMessage,
  wayOf,
} from "@cortensor/chain";
import type { CarriedMessage, LinkCarrier, RelayCost } from "./linkCarrier.js";

const NOTHING: RelayCost = { gasUsed: 0n, feeWei: 0n };

/**
 * A carrier over what both ends' events say, for adapters whose messages need no proof of their own before they are handed in: `handIn` does that, and gives what it
 * cost. Without it messages come by themselves, and only what failed or was held is tried again.
 */
export function createEventCarrier(parts: {
  readonly name: string;
  readonly link: Link;
  /** Sends on the destination's chain. */
  readonly sender: Pick<ChainWriter, "send">;
  readonly handIn?: (messages: readonly CarriedMessage[]) => Promise<RelayCost>;
}): LinkCarrier {
  const { name, link, sender, handIn } = parts;
  return {
    name,
    look: async () => {
      const [sourceHead, head] = await Promise.all([readBlock(link.src, "latest"), readBlock(link.dst, "latest")]);
      const range = { fromBlock: link.src.fromBlock, toBlock: Number(sourceHead?.number ?? 0n) };
      const sent = await readSent(link.src, wayOf(link), range);
      const states = await readLinkStates(
        link.dst,
        sent.map(({ id }) => id),
      );
      const all = sent.map((message, index) => ({
        id: message.id,
        message,
        state: states[index] ?? "none",
        proof: "",
      }));
      return { now: head?.timestamp ?? 0, waiting: all.filter(({ state }) => state !== "delivered") };
    },
    deliver: async (messages) => (handIn === undefined ? NOTHING : handIn(messages)),
    retry: async ({ message }, gasLimit) => {
      const { gasUsed } = await retryMessage(sender, { end: link.dst, message, gasLimit });
      return { gasUsed, feeWei: 0n };
    },
  };
}
