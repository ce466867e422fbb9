import type { Bytes32, Hex } from "@cortensor/protocol";
import type { SolanaVault } from "./buildDeposit.js";

/** How far a vault was read: behind which transaction, in which slot, and what the vault held then. */
export type DepositCursor = {
  readonly genesisHash: Bytes32;
  readonly vault: Bytes32;
  /** None before the first transaction. */
  readonly signature: Hex | undefined;
  readonly slot: number;
  readonly balance: bigint;
};

/** Where reading begins. */
export function firstCursor({ genesisHash, vault }: SolanaVault): DepositCursor {
  return { genesisHash, vault, signature: undefined, slot: 0, balance: 0n };
}
