import { describe, expect, it } from "vitest";
import { renderPage } from "./page.mjs";

const key = (change: string) => `contracts/src/l2/Rates.sol ${change}`;
const verdicts = [
  { key: key("relational: a < b → a <= b"), line: 7, operator: "relational", verdict: "killed" },
  { key: key("logical: a || b → a && b"), line: 8, operator: "logical", verdict: "survived" },
  { key: key("deletion: emit Posted(a) → "), line: 9, operator: "deletion", verdict: "survived" },
  { key: key("deletion: held = _held[a] → "), line: 10, operator: "deletion", verdict: "notCompiled" },
];

describe("the page on mutants", () => {
  const page = renderPage(verdicts, { reasons: { [key("logical: a || b → a && b")]: "the same here" }, sites: 4 });

  it("counts every survivor among those that compile", () => {
    expect(page).toContain("| all | | 3 | 1 (33.3 %) |");
  });
  it("lists survivors with their reasons, and owns to those that have none", () => {
    expect(page).toContain("| l2/Rates.sol:8 | `a \\|\\| b` → `a && b` | the same here |");
    expect(page).toContain("| l2/Rates.sol:9 | `emit Posted(a)` → nothing | no test yet |");
  });
  it("says when not every mutant has been tried", () => {
    expect(page).not.toContain("isn't whole");
    expect(renderPage(verdicts, { reasons: {}, sites: 5 })).toContain(
      "4 of 5 mutants have been tried; the record isn't whole",
    );
  });
});
