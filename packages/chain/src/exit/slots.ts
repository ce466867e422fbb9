import type { Address, Hex } from "@cortensor/protocol";
import { encodeAbiParameters, keccak256, toHex } from "viem";

/** Where the contracts of a network keep what is whose: as the library `Holdings` has it, which reads proofs of them. */
export const SLOTS = {
  balances: 0n,
  sessions: 1n,
  accounts: 0n,
  lanes: 1n,
  laneList: 3n,
  credits: 7n,
  earnings: 8n,
  bonds: 5n,
  stakes: 5n,
  positions: 6n,
  states: 1n,
} as const;

/** The slot of a mapping's value. */
export function slotOf(key: Address | Hex | number, of: bigint | Hex): Hex {
  const word: Hex = typeof key === "number" ? toHex(key, { size: 32 }) : `0x${key.slice(2).padStart(64, "0")}`;
  const slot: Hex = typeof of === "bigint" ? toHex(of, { size: 32 }) : of;
  return keccak256(encodeAbiParameters([{ type: "bytes32" }, { type: "bytes32" }], [word, slot]));
}

/** The slot that lies some behind another. */
export function slotBehind(slot: Hex, count: number): Hex {
  return toHex(BigInt(slot) + BigInt(count), { size: 32 });
}

/** The slot of an element of a list whose length lies in a slot. */
export function slotOfElement(list: Hex, index: number): Hex {
  return slotBehind(keccak256(list), index);
}
