import { describe, expect, it } from "vitest";
import { QuoteBook } from "./quoteBook.js";

const MODEL = `0x${"aa".repeat(32)}` as const;
const prices = (wei: bigint) => ({ weiPerTokenIn: wei, weiPerTokenOut: 10n * wei });
const today = (account: number, wei: bigint) => ({ account, modelId: MODEL, ...prices(wei) });

describe("promised prices", () => {
  it("bind until their end, for their account alone, and only downwards", () => {
    const book = new QuoteBook();
    book.promise({ account: 1, modelId: MODEL, prices: prices(5n), expiresAtMs: 100, nowMs: 0 });
    expect(book.ceilingOf(today(1, 9n), 99)).toMatchObject(prices(5n));
    expect(book.ceilingOf(today(1, 4n), 99)).toMatchObject(prices(4n));
    expect(book.ceilingOf(today(2, 9n), 99)).toMatchObject(prices(9n));
    expect(book.ceilingOf({ ...today(1, 9n), modelId: `0x${"bb".repeat(32)}` }, 99)).toMatchObject(prices(9n));
    expect(book.ceilingOf(today(1, 9n), 100)).toMatchObject(prices(9n));
  });

  it("give way to a newer quote", () => {
    const book = new QuoteBook();
    book.promise({ account: 1, modelId: MODEL, prices: prices(5n), expiresAtMs: 100, nowMs: 0 });
    book.promise({ account: 1, modelId: MODEL, prices: prices(7n), expiresAtMs: 101, nowMs: 1 });
    expect(book.ceilingOf(today(1, 9n), 50)).toMatchObject(prices(7n));
  });

  it("are never forgotten before their end: beyond the bound no new one is made", () => {
    const book = new QuoteBook();
    const accounts = Array.from({ length: 10_000 }, (_, account) => account);
    const isFull = accounts.some(
      (account) => !book.promise({ account, modelId: MODEL, prices: prices(5n), expiresAtMs: 100 + account, nowMs: 0 }),
    );
    expect(isFull).toBe(false);
    const late = { account: 20_000, modelId: MODEL, prices: prices(5n), expiresAtMs: 20_000 };
    expect(book.promise({ ...late, nowMs: 99 })).toBe(false);
    expect(book.promise({ ...late, account: 3, nowMs: 99 })).toBe(true);
    expect(book.ceilingOf(today(0, 9n), 99)).toMatchObject(prices(5n));
    expect(book.promise({ ...late, nowMs: 100 })).toBe(true);
    expect(book.ceilingOf(today(20_000, 9n), 100)).toMatchObject(prices(5n));
  });
});
