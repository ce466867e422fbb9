import type { Bytes32 } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import type { Books } from "../books.js";
import { PAGE_ROWS_MAX, RECEIPTS_PUT_MAX } from "../limits.js";
import type { KeptProof } from "../proofBooks.js";
import { aReceipt, word } from "./makers.js";

/** What any books must keep of where miners signed their results. */
export function proofSuite(books: () => Books): void {
  const signed = (name: string, path: readonly Bytes32[] = []): KeptProof => {
    const { proof } = aReceipt({ task: name, account: 1, feeWei: 1n });
    const batch = { root: word(`batch ${name}`), count: 900, sequence: Number.MAX_SAFE_INTEGER };
    return { result: word(name), taskId: word(`task ${name}`), proof: { ...proof, batch, path } };
  };

  describe("what miners signed", () => {
    it("comes back as it was kept, in the order that is asked, and of nothing else", async () => {
      const [one, two] = [signed("one"), signed("two", [word("left"), word("right")])];
      await books().keepProofs([one, two], 1_000);
      expect(await books().findProofs([two.result, word("neither"), one.result])).toEqual([two, one]);
      expect(await books().findProofs([])).toEqual([]);
    });

    it("stays as it was kept first, until its time is over", async () => {
      const [first, later] = [signed("first"), signed("later")];
      await books().keepProofs([first], 2_000);
      await books().keepProofs([{ ...signed("another"), result: first.result }, later], 3_000);
      expect(await books().findProofs([first.result])).toEqual([first]);
      await books().forgetProofs(3_000);
      expect(await books().findProofs([first.result, later.result])).toEqual([later]);
    });

    it("is refused in larger pieces than one call takes", async () => {
      const many = Array.from({ length: RECEIPTS_PUT_MAX + 1 }, () => signed("many"));
      await expect(books().keepProofs(many, 0)).rejects.toThrow("BOOKS_OUT_OF_RANGE");
      const asked = Array.from({ length: PAGE_ROWS_MAX + 1 }, () => word("many"));
      await expect(books().findProofs(asked)).rejects.toThrow("BOOKS_OUT_OF_RANGE");
      expect(await books().findProofs([word("many")])).toEqual([]);
    });
  });
}
