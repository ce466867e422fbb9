import { parseAbi } from "viem";

/** Ours, of which a chain's outputs are posted through one. */
export const LAST_STATE_ABI = parseAbi([
  "function oracle() view returns (address)",
  "function portal() view returns (address)",
  "function proposer() view returns (address)",
  "function silenceSeconds() view returns (uint64)",
]);
