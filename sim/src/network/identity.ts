import { type Address, type Bytes32, keccak256, utf8ToBytes } from "@cortensor/protocol";

/** Everybody here has the address that its part and number hash to. */
export function addressOf(part: string, index: number): Address {
  return keccak256(utf8ToBytes(`${part} ${index}`)).slice(0, 42) as Address;
}

export function wordOf(part: string, seed: number, index: number): Bytes32 {
  return keccak256(utf8ToBytes(`${part} ${seed} ${index}`));
}

/** Its bytes are its seed and number: what is drawn from it is hashed anyway. */
export function taskIdsOf(seed: number): (index: number) => Bytes32 {
  const zeros = "0".repeat(32 - INDEX_DIGITS);
  const head = `0x${seed.toString(16).padStart(32, "0")}${zeros}` as const;
  return (index) => `${head}${index.toString(16).padStart(INDEX_DIGITS, "0")}`;
}

/** Hex digits that every index fits. */
const INDEX_DIGITS = 12;
