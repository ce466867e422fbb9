import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { renderTables } from "./renderTables.js";

it.each(renderTables())("docs/NODE_LIFE.md has the table as the code has it: %#", (rendered) => {
  expect(readFileSync(new URL("../../../../docs/NODE_LIFE.md", import.meta.url), "utf8")).toContain(rendered);
});
