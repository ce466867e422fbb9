import type { Hex } from "@cortensor/protocol";

export function toBuffer(hex: Hex): Buffer {
  return Buffer.from(hex.slice(2), "hex");
}

export function toHex(bytes: Buffer): Hex {
  return `0x${bytes.toString("hex")}`;
}
