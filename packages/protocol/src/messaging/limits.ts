/** Messages in one batch: at the most gas each, what two blocks of an L2 hold. */
export const MESSAGE_BATCH_MAX = 32;
/** Most gas for one receiver: a handler of ours needs a tenth. */
export const MESSAGE_GAS_MAX = 2_000_000;
/** Longest body: what carries messages between chains takes several times that. */
export const MESSAGE_BODY_BYTES_MAX = 16_384;
/** Messages under one outbox: paths of 16 words, and what a relayer reads again within seconds. The rest is the next epoch's. */
export const OUTBOX_MESSAGES_MAX = 65_536;
