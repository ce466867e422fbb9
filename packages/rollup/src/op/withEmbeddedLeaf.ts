import type { Hex } from "@cortensor/protocol";
import { fromRlp, toRlp } from "viem";

type Node = Hex | readonly Node[];

/**
 * A proof with its leaf as a node of its own. A leaf of less than 32 bytes lies within its branch, and nodes don't list it; the portal's verifier
 * walks into it by itself only where it is listed. `key` is the hash of the slot.
 */
export function withEmbeddedLeaf(key: Hex, proof: readonly Hex[]): readonly Hex[] {
  const last = proof.at(-1);
  if (last === undefined) return proof;
  const branch: Node = fromRlp(last, "hex");
  if (typeof branch === "string" || branch.length !== 17) return proof;
  for (const child of branch) {
    if (typeof child === "string") continue;
    const [path] = child;
    // Behind 0x and the nibble that says what kind of node it is.
    if (typeof path === "string" && key.endsWith(path.slice(3))) return [...proof, toRlp(child)];
  }
  return proof;
}
