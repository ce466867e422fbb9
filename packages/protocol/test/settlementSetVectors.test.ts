import { type Address, type Bytes32, bytesToHex, encodeSettlementSet, setEntryId } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { readVectors } from "./readVectors.js";

type Vector = {
  readonly entries: readonly {
    readonly taskId: Bytes32;
    readonly id: Bytes32;
    readonly resultsHash: Bytes32;
    readonly feeWei: string;
    readonly payees: readonly { readonly payee: Address; readonly netWei: string }[];
  }[];
  readonly chunks: readonly Bytes32[];
  readonly paths: readonly (readonly Bytes32[])[];
  readonly settlementRoot: Bytes32;
  readonly setCid: Bytes32;
};

describe("settlement set vectors", () => {
  it.each(readVectors<readonly Vector[]>("settlementSet"))("give the root $settlementRoot", (vector) => {
    const set = encodeSettlementSet(
      vector.entries.map(({ resultsHash, feeWei, payees, taskId }) => ({
        id: setEntryId(taskId),
        resultsHash,
        feeWei: BigInt(feeWei),
        payees: payees.map(({ payee, netWei }) => ({ payee, netWei: BigInt(netWei) })),
      })),
    );
    expect(set.entries.map(({ id }) => id)).toEqual(vector.entries.map(({ id }) => id).sort());
    expect(set.chunks.map(bytesToHex)).toEqual(vector.chunks);
    expect([set.settlementRoot, set.setCid]).toEqual([vector.settlementRoot, vector.setCid]);
    for (const [index, path] of vector.paths.entries()) expect(set.pathOf(index)).toEqual(path);
  });
});
