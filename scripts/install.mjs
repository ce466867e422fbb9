import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { must, ROOT } from "./run.mjs";

const OLDEST_NODE = [20, 19];

/** Says what to do when Node is too old; installs the packages when they are missing or older than the lock file. */
export async function ensureInstalled() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    console.error(`Node ${OLDEST_NODE.join(".")} or newer is needed; this is ${process.versions.node}.`);
    process.exit(1);
  }
  const lock = path.join(ROOT, "package-lock.json");
  const installed = path.join(ROOT, "node_modules", ".package-lock.json");
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  console.log("Installing packages (once; about a minute with a warm cache)…");
  await must("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
}
