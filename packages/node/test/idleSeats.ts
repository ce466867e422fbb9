import type { SeatChain } from "../src/index.js";

/** What miners leave out on purpose: their acks, or their commits. */
export const absent = new Set<string>();
export const hiding = new Set<string>();

/** A miner of that name, as far as it isn't told to leave something out. */
export function seatsOf(name: string): (chain: SeatChain) => SeatChain {
  const refuse = () => Promise.reject(new Error("it does nothing"));
  return (chain) => ({
    ...chain,
    ack: (taskId) => (absent.has(name) ? refuse() : chain.ack(taskId)),
    commit: (request) => (hiding.has(name) ? refuse() : chain.commit(request)),
  });
}
