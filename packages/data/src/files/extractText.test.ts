import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extractText } from "./extractText.js";

const htmlOf = (html: string): string => extractText(Buffer.from(html), "text/html");

describe("the text of a document", () => {
  it("of plain kinds is what it says, with one kind of line end", () => {
    expect(extractText(Buffer.from("\ufeffa\r\nb\rc"), "text/csv")).toBe("a\nb\nc");
  });

  it("of a page has its words, a line for each block, and nothing that no reader sees", () => {
    const page = `<!doctype html><html><head><title>T</title><style>p{}</style></head><body>
      <h1>Pay &amp; play</h1><p>One <b>two</b><br>three &#x41;&#66;</p><script>if (a < b) "</p>"</script><!-- <p>no</p> --></body></html>`;
    expect(htmlOf(page)).toBe("Pay & play\n\nOne two\nthree AB");
  });

  it("of a broken page is whatever can be read of it", () => {
    expect(htmlOf("a < b <i>c")).toBe("a < b c");
    expect(htmlOf("<p>a<script>never ends")).toBe("a");
    expect(htmlOf("a<!-- never ends")).toBe("a");
    expect(htmlOf("&#999999999; &nothing;")).toBe("&#999999999; &nothing;");
  });

  it("comes of any text without an error, and soon", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => typeof htmlOf(text) === "string"));
    expect(htmlOf("<".repeat(100_000))).toBe("<".repeat(100_000));
  });
});
