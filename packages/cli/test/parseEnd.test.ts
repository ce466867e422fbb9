import { describe, expect, it } from "vitest";
import { parseEnd } from "../src/parseEnd.js";

const NOW_MS = Date.parse("2026-11-21T00:00:00Z");
const DAY = 86_400;

describe("an end on the command line", () => {
  it("is so long from now, or a date", () => {
    const now = NOW_MS / 1_000;
    expect(parseEnd("90m", NOW_MS)).toBe(now + 5_400);
    expect(parseEnd("12h", NOW_MS)).toBe(now + 43_200);
    expect(parseEnd("30d", NOW_MS)).toBe(now + 30 * DAY);
    expect(parseEnd("2026-11-23", NOW_MS)).toBe(now + 2 * DAY);
    expect(parseEnd("2026-11-21T01:00Z", NOW_MS)).toBe(now + 3_600);
  });

  it.each(["", "30", "0d", "-1d", "1.5h", "soon", "2026-13-01", "2026-11-20", "3661d", "2026-11-23T01:00"])(
    "is refused as '%s'",
    (text) => {
      expect(() => parseEnd(text, NOW_MS)).toThrow(expect.objectContaining({ code: "CLI_BAD_ARGUMENT" }));
    },
  );
});
