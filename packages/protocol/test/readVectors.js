import { readFileSync } from "node:fs";
/** Reads one file of golden vectors. The caller names the shape that the file's maker wrote. */
export function readVectors(name) {
  const text = readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8");
  return JSON.parse(text);
}
/** A double from its eight bytes, big-endian: JSON decimals would hide a last bit. */
export function doubleOf(bits) {
  return Buffer.from(bits.slice(2), "hex").readDoubleBE(0);
}
export function bitsOf(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return `0x${bytes.toString("hex")}`;
}
//# sourceMappingURL=readVectors.js.map
