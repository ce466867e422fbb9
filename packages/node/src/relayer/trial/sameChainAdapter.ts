import { openLinkEnd, readBlock, readLinkStates, readSent, retryMessage, SAME_CHAIN_MESSENGER, type TrialChain } from "@cortensor/chain";
import type { Address } from "@cortensor/protocol";
import type { LinkCarrier } from "../linkCarrier.js";
import type { MessengerAdapter } from "./messengerAdapter.js";

/** The link of a chain with itself: what failed or was held is tried again, and nothing has to be carried. */
export const sameChainAdapter: MessengerAdapter = {
  name: "sameChain",
  isAtOnce: true,
  refusesWhilePaused: false,
  open: async ({ near, nearPost }) => {
    const fromBlock = Number((await readBlock(near, "latest"))?.number ?? 0n);
    const messenger = await near.deploy({ ...SAME_CHAIN_MESSENGER, args: [nearPost] });
    const open = (): LinkCarrier => createRetryCarrier({ chain: near, messenger, fromBlock });
    return {
      near: messenger,
      far: messenger,
      nearFromBlock: fromBlock,
      farFromBlock: fromBlock,
      openCarriers: () => [open(), open()],
      ripen: async () => undefined,
      // There is no way in but `send`.
      forge: async () => false,
    };
  },
};

function createRetryCarrier(of: { readonly chain: TrialChain; readonly messenger: Address; readonly fromBlock: number }): LinkCarrier {
  const { chain, messenger, fromBlock } = of;
  const { chainId, rpcUrl } = chain;
  const end = openLinkEnd({ chainId, rpcUrls: [rpcUrl], messenger, fromBlock });
  const way = { src: chainId, srcMessenger: messenger, dst: chainId, dstMessenger: messenger };
  return {
    name: `sameChain.${chainId}.${messenger}`,
    look: async () => {
      const head = await readBlock(end, "latest");
      const sent = await readSent(end, way, { fromBlock, toBlock: Number(head?.number ?? 0n) });
      const states = await readLinkStates(end, sent.map(({ id }) => id));
      const all = sent.map((message, index) => ({ id: message.id, message, state: states[index] ?? "none", proof: "" }));
      return { now: head?.timestamp ?? 0, waiting: all.filter(({ state }) => state !== "delivered") };
    },
    deliver: async () => ({ gasUsed: 0n, feeWei: 0n }),
    retry: async ({ message }, gasLimit) => {
      const { gasUsed } = await retryMessage(chain.sender, { end, message, gasLimit });
      return { gasUsed, feeWei: 0n };
    },
  };
}
