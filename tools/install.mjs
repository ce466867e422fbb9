#!/usr/bin/env node
// Installs the tools that cannot live in the workspace lock: `node tools/install.mjs anvil forge`.
// Exact versions, checked after installing; what is there already is left alone.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { foundryBinary } from "./foundryBinary.mjs";

const toolsFolder = dirname(fileURLToPath(import.meta.url));
const TOOLS = ["anvil", "forge"];
const run = promisify(execFile);

function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** Why a tool's folder is not as its package.json says; undefined when it is. */
function findFault(tool) {
  const folder = join(toolsFolder, tool);
  for (const [name, version] of Object.entries(readJson(join(folder, "package.json")).dependencies)) {
    const manifest = join(folder, "node_modules", name, "package.json");
    if (!existsSync(manifest)) return `${name} is not installed`;
    const installed = readJson(manifest).version;
    if (installed !== version) return `${name} is ${installed}, wanted ${version}`;
  }
  const binary = foundryBinary(tool);
  if (!existsSync(binary)) return `${binary} is missing: no prebuilt ${tool} for ${process.platform}-${process.arch}`;
  return undefined;
}

/** Installs a tool when it is missing or of another version. Resolves to its binary's path. */
export async function installTool(tool, { log = () => undefined, signal } = {}) {
  if (!TOOLS.includes(tool)) throw new Error(`No tool is named ${tool}; there are ${TOOLS.join(", ")}`);
  const found = findFault(tool);
  if (found !== undefined) {
    log(`Installing ${tool} (${found})`);
    const npm = process.platform === "win32" ? "npm.cmd" : "npm";
    const flags = ["install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"];
    await run(npm, flags, { cwd: join(toolsFolder, tool), signal, shell: process.platform === "win32" });
    const fault = findFault(tool);
    if (fault !== undefined) throw new Error(`Installing ${tool} did not help: ${fault}`);
    const version = execFileSync(foundryBinary(tool), ["--version"], { encoding: "utf8", timeout: 30_000 });
    log(`Installed ${version.split("\n")[0]}`);
  }
  return foundryBinary(tool);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const tool of process.argv.slice(2)) {
    const path = await installTool(tool, { log: (line) => console.log(line) });
    console.log(`${tool}: ${path}`);
  }
}
