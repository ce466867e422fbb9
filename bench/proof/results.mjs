import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "../../scripts/run.mjs";

const FILE = join(ROOT, "bench", "results", "proof.jsonl");

/** Keeps a part's rows in the place of those that it had. */
export function keepRows(part, rows) {
  if (rows.length === 0) return;
  const lines = existsSync(FILE) ? readFileSync(FILE, "utf8").split("\n").filter(Boolean) : [];
  const others = lines.filter((line) => JSON.parse(line).part !== part);
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, `${[...others, ...rows.map((row) => JSON.stringify(row))].join("\n")}\n`);
}
