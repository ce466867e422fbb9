import { openLinkEnd, readBlock, SAME_CHAIN_MESSENGER } from "@cortensor/chain";
import { createEventCarrier } from "../eventCarrier.js";
import type { MessengerAdapter } from "./messengerAdapter.js";

/** The link of a chain with itself: what failed or was held is tried again, and nothing has to be carried. */
export const sameChainAdapter: MessengerAdapter = {
  name: "sameChain",
  isAtOnce: true,
  refusesWhilePaused: false,
  open: async ({ near, nearPost }) => {
    const { chainId, rpcUrl, sender } = near;
    const fromBlock = Number((await readBlock(near, "latest"))?.number ?? 0n);
    const messenger = await near.deploy({ ...SAME_CHAIN_MESSENGER, args: [nearPost] });
    const end = openLinkEnd({ chainId, rpcUrls: [rpcUrl], messenger, fromBlock });
    const open = () => createEventCarrier({ name: `sameChain.${messenger}`, link: { src: end, dst: end }, sender });
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
