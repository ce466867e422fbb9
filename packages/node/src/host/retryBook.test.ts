import { createManualClock } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import { RetryBook } from "./retryBook.js";

describe("a book of retries", () => {
  it("tries a refused act again after a moment, always the same one", async () => {
    const clock = createManualClock();
    const book = new RetryBook(clock);
    for (let round = 0; round < 3; round += 1) {
      expect(book.isOpen("ping")).toBe(true);
      book.failed("ping", true);
      expect(book.isOpen("ping")).toBe(false);
      expect(book.isOpen("heed")).toBe(true);
      await clock.advance(3_000);
    }
  });

  it("waits twice as long after each failure that wasn't the chain's word, and forgets it once it is done", async () => {
    const clock = createManualClock();
    const book = new RetryBook(clock);
    for (const pauseMs of [5_000, 10_000, 20_000]) {
      book.failed("ping", false);
      await clock.advance(pauseMs - 1);
      expect(book.isOpen("ping")).toBe(false);
      await clock.advance(1);
      expect(book.isOpen("ping")).toBe(true);
    }
    book.done("ping", false);
    book.failed("ping", false);
    await clock.advance(5_000);
    expect(book.isOpen("ping")).toBe(true);
  });

  it("does once what is done once for all", () => {
    const book = new RetryBook(createManualClock());
    book.done("claim", true);
    expect(book.isOpen("claim")).toBe(false);
  });
});
