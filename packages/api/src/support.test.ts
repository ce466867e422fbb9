import { readFileSync } from "node:fs";
import { PRIVACIES } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { FEATURES, type Feature, SUPPORT, type Support } from "./support.js";

const PAGE = readFileSync(new URL("../../../docs/SEALING.md", import.meta.url), "utf8");
const ERRORS = readFileSync(new URL("../../../docs/ERRORS.md", import.meta.url), "utf8");
const isFeature = (name: string): name is Feature => Object.hasOwn(SUPPORT, name);
const features = Object.keys(SUPPORT).filter(isFeature);

function cellText(cell: Support): string {
  const said = cell.kind === "served" ? "yes" : `refused: \`${cell.code}\``;
  return cell.note === undefined ? said : `${said}; ${cell.note}`;
}

describe("the support matrix", () => {
  it("stands on its page, cell by cell, and nothing else does", () => {
    const [, section = ""] = PAGE.split("## What a session has\n");
    const rows = (section.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("| "));
    const expected = features.map((feature) => {
      const cells = PRIVACIES.map((privacy) => cellText(SUPPORT[feature][privacy]));
      return `| ${FEATURES[feature]} | ${cells.join(" | ")} |`;
    });
    expect(rows).toEqual(["| | open | sealed | private |", ...expected]);
  });

  it("refuses by codes that the page of errors explains", () => {
    const cells = features.flatMap((feature) => PRIVACIES.map((privacy) => SUPPORT[feature][privacy]));
    const codes = new Set(cells.flatMap((cell) => (cell.kind === "refused" ? [cell.code] : [])));
    expect([...codes].filter((code) => !ERRORS.includes(`\`${code}\``))).toEqual([]);
    expect(codes.size).toBe(2);
  });

  it("serves in a private session what it serves sealed, and nothing else", () => {
    const served = (privacy: "sealed" | "private") =>
      features.filter((feature) => SUPPORT[feature][privacy].kind === "served");
    expect(served("private")).toEqual(served("sealed"));
  });
});
