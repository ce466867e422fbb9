import { bytesToHex, sha256Bytes } from "@cortensor/protocol";
import type { Gateway } from "../src/index.js";

/** A request that was handed in, for all to read. */
export const HANDED = Uint8Array.from([3, 1, 4, 1, 5]);

/** Desks of a router that has no sink, nobody to seal to, and no queued task of a caller's. */
export const EMPTY_DESKS: Pick<Gateway, "queue" | "sinks" | "sealed"> = {
  sinks: {
    set: async () => ({ kind: "unset" }),
    show: async () => ({ kind: "unset" }),
    remove: async () => ({ kind: "unset" }),
  },
  sealed: {
    assign: async () => ({ kind: "refused", refusal: { code: "no_miner", message: "Nobody." } }),
    send: () => ({ kind: "unknown" }),
    drop: () => false,
  },
  queue: {
    hand: async () => ({ kind: "unknown" }),
    request: async (digest) => (digest === bytesToHex(sha256Bytes(HANDED)) ? HANDED : undefined),
    answers: async () => undefined,
  },
};
