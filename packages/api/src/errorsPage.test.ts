import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const HERE = new URL(".", import.meta.url);
const PAGE = readFileSync(new URL("../../../docs/ERRORS.md", HERE), "utf8");
const SOURCES = readdirSync(HERE, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".ts") && !name.endsWith(".test.ts"),
);

describe("the page of errors", () => {
  it("has a row for every code that a route answers with", () => {
    const codes = SOURCES.flatMap((name) => [
      ...readFileSync(new URL(name, HERE), "utf8").matchAll(/\bcode: "([a-z_]+)"/g),
    ]);
    const unlisted = new Set(codes.map(([, code]) => code).filter((code) => !PAGE.includes(`\n| \`${code}\` |`)));
    expect(codes.length).toBeGreaterThan(20);
    expect([...unlisted]).toEqual([]);
  });
});
