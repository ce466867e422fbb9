import { readFileSync } from "node:fs";

/**
 * Reads one file of golden vectors. The caller names the shape that the file's maker wrote. `vectors` holds those that contracts' tests read; until
 * contracts read them, others stand beside their tests.
 */
export function readVectors<Shape>(name: string, folder = "../vectors"): Shape {
  const text = readFileSync(new URL(`${folder}/${name}.json`, import.meta.url), "utf8");
  return JSON.parse(text) as Shape;
}

/** A double from its eight bytes, big-endian: JSON decimals would hide a last bit. */
export function doubleOf(bits: string): number {
  return Buffer.from(bits.slice(2), "hex").readDoubleBE(0);
}

export function bitsOf(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return `0x${bytes.toString("hex")}`;
}
