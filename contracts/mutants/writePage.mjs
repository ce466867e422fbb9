#!/usr/bin/env node
// Writes docs/contracts/mutants.md from the verdicts of record: `node contracts/mutants/writePage.mjs`.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { makeMutants } from "./makeMutants.mjs";
import { renderPage } from "./page.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, "../..");
const record = path.join(root, "bench/results/mutants.jsonl");
const lines = existsSync(record) ? readFileSync(record, "utf8").split("\n").filter(Boolean) : [];
const reasons = JSON.parse(readFileSync(path.join(here, "reasons.json"), "utf8"));
const verdicts = lines.map((line) => JSON.parse(line));
const page = renderPage(verdicts, { reasons, sites: makeMutants(root).mutants.length });
writeFileSync(path.join(root, "docs/contracts/mutants.md"), page);
