import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { renderDisputes, renderTables } from "./renderTables.js";

it("docs/GUARDS.md has the phases of a dispute as the code has them", () => {
  expect(readFileSync(new URL("../../../../docs/GUARDS.md", import.meta.url), "utf8")).toContain(renderDisputes());
});

it.each(renderTables())("docs/NODE_LIFE.md has the table as the code has it: %#", (rendered) => {
  expect(readFileSync(new URL("../../../../docs/NODE_LIFE.md", import.meta.url), "utf8")).toContain(rendered);
});
