import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { DATUM_KINDS, mayPublish, PRIVACY_LEVELS, placeOf, retainUntil, STORAGE_MAP } from "./storageMap.js";

const DOCS = new URL("../../../../docs/DATA.md", import.meta.url);

/** A row as the docs show it: chain / content / Postgres for each level. */
function rowOf(kind: (typeof DATUM_KINDS)[number]): string {
  const { says, retention } = STORAGE_MAP[kind];
  const places = PRIVACY_LEVELS.map((level) => {
    const { chain, content, postgres } = placeOf(kind, level);
    return `${chain} / ${content} / ${postgres}`;
  });
  return `| ${[`\`${kind}\``, says, ...places, retention].join(" | ")} |`;
}

describe("the storage map", () => {
  it("stands in the docs as the code has it, row by row", async () => {
    const docs = await readFile(DOCS, "utf8");
    const shown = docs.split("\n").filter((line) => /^\| `[a-zA-Z]+` \|/.test(line) && line.split("|").length === 8);
    expect(shown).toEqual(DATUM_KINDS.map(rowOf));
  });

  it("lets no words of a sealed or private session out in the clear, anywhere", () => {
    for (const kind of ["prompt", "request", "completion", "segmentBody", "fingerprints"] as const) {
      for (const level of ["sealed", "private"] as const) {
        expect(mayPublish(kind, level, "plain")).toBe(false);
        expect(mayPublish(kind, level, "ciphertext")).toBe(true);
        expect(placeOf(kind, level).postgres).toBe("nothing");
      }
      expect(mayPublish(kind, "open", "plain")).toBe(true);
    }
  });

  it("publishes wrapped keys in no form, a client's own data never in the clear, and public records always", () => {
    for (const level of PRIVACY_LEVELS) {
      expect(mayPublish("dataKey", level, "ciphertext")).toBe(false);
      for (const kind of ["file", "vectors", "conversation"] as const)
        expect(mayPublish(kind, level, "plain")).toBe(false);
      for (const kind of ["settlementSet", "workRecord", "verdictDocument"] as const) {
        expect(mayPublish(kind, level, "plain")).toBe(true);
      }
    }
  });

  it("keeps words for the dispute window, and public records for ever", () => {
    const at = { nowSeconds: 1_000, disputeWindowSeconds: 600 };
    expect(retainUntil("prompt", at)).toBe(1_600);
    expect(retainUntil("settlementSet", at)).toBeUndefined();
    expect(retainUntil("file", at)).toBeUndefined();
  });
});
