import { bytesToHex } from "../bytes.js";
import { hasCode } from "../errors.js";
import { type DutyPayLeaf, packLeaves } from "../guards/epochLeaves.js";
import { type EpochRoot, hashLeaf, hashRootParts, type RootParts } from "../guards/epochRoot.js";
import { verifyMerklePath } from "../merkle.js";
import type { Address, Bytes32 } from "../primitives.js";

/** What a validator has earned by an epoch's root, and what shows it to whoever knows the root that is posted. */
export type DutyPayProof = DutyPayLeaf & { readonly parts: RootParts; readonly path: readonly Bytes32[] };

/** The proof of one validator. Undefined for who never earned anything. `leaves` are those of the root, by address. */
export function dutyPayProof(
  of: { readonly root: EpochRoot; readonly leaves: readonly DutyPayLeaf[] },
  validator: Address,
): DutyPayProof | undefined {
  const index = of.leaves.findIndex((leaf) => leaf.validator === validator);
  const leaf = of.leaves[index];
  return leaf && { ...leaf, parts: of.root.parts, path: of.root.pathOf(index) };
}

/** Whether a proof shows what it says under this root. False, never an error, for what nobody could have packed. */
export function isDutyPayProof({ validator, earnedWei, parts, path }: DutyPayProof, root: Bytes32): boolean {
  if (parts.kind !== "dutyPay") return false;
  try {
    const [packed = new Uint8Array()] = packLeaves({ kind: "dutyPay", leaves: [{ validator, earnedWei }] });
    const leaf = hashLeaf("dutyPay", bytesToHex(packed));
    return hashRootParts(parts) === root && verifyMerklePath(leaf, path, parts.merkleRoot);
  } catch (error) {
    if (hasCode(error, "PROTOCOL_OUT_OF_RANGE") || hasCode(error, "PROTOCOL_BAD_RECORD")) return false;
    throw error;
  }
}
