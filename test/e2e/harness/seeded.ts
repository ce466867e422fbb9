import { createHash } from "node:crypto";

/** A whole number below `below`, the same for the same seed and tag on any machine. */
export function drawBelow(below: number, seed: string, tag: string): number {
  return createHash("sha256").update(`${seed} ${tag}`).digest().readUInt32BE(0) % below;
}
