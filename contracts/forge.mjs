#!/usr/bin/env node
// Runs forge on the contracts: `node contracts/forge.mjs test --match-contract Settle`.
// The repository is forge's root, because the compiler cannot follow imports that climb out of it.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { installTool } from "../tools/install.mjs";

const contracts = dirname(fileURLToPath(import.meta.url));

/** Runs forge and returns its exit code. Installs it first when it is missing. */
export async function runForge(args, { stdio = "inherit" } = {}) {
  const forge = await installTool("forge", { log: (line) => console.log(line) });
  const env = { ...process.env, FOUNDRY_CONFIG: join(contracts, "foundry.toml") };
  const ran = spawnSync(forge, [...args, "--root", dirname(contracts)], { stdio, env, cwd: dirname(contracts) });
  if (ran.error !== undefined) throw ran.error;
  return ran.status ?? 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await runForge(process.argv.slice(2));
}
