import { parseAbi } from "viem";

/** Ours, of which a chain's outputs are posted through one. */
export const LAST_STATE_ABI = parseAbi([
  "function oracle() view returns (address)",
  "function portal() view returns (address)",
  "function proposer() view returns (address)",
  "function silenceSeconds() view returns (uint64)",
  "function isFixed() view returns (bool)",
  "function lastIndex() view returns (uint256)",
  "function stateRoot() view returns (bytes32)",
]);
