import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { ensureInstalled } from "./install.mjs";
import { bin, must, ROOT } from "./run.mjs";

/** Newest modification below a folder, in milliseconds; 0 when there is none. */
function newestMs(folder) {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (newest, entry) => Math.max(newest, statSync(path.join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
      0,
    );
}

async function buildDashboard() {
  const folder = path.join(ROOT, "packages", "dashboard");
  const sources = ["dashboard/src", "dashboard/index.html", "sdk/src", "protocol/src", "chain/src"].map((name) => {
    const full = path.join(ROOT, "packages", name);
    return existsSync(full) && statSync(full).isFile() ? statSync(full).mtimeMs : newestMs(full);
  });
  if (newestMs(path.join(folder, "dist")) > Math.max(...sources)) return;
  console.log("Building the dashboard…");
  await must(bin("vite"), ["build", "--logLevel", "warn"], { cwd: folder });
}

/** Compiles what is stale, and installs the tools that a running network needs. Compiles no Solidity. */
export async function build() {
  await ensureInstalled();
  await must(bin("tsc"), ["-b"]);
  // Its bundler is among what was installed.
  const { bundle } = await import("./bundle.mjs");
  await bundle();
  await buildDashboard();
  await must(process.execPath, ["tools/install.mjs", "anvil"]);
}

if (process.argv[1] === new URL(import.meta.url).pathname) await build();
