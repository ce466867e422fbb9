import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { rolldown } from "rolldown";
import { ROOT } from "./run.mjs";

const FOLDER = path.join(ROOT, "packages", "cli", "bundle");
const ENTRY = path.join(ROOT, "packages", "cli", "dist", "index.js");
/** Our own, and what comes in hundreds of small files and has neither natives nor files that it reads. All else is loaded from its package. */
const BUNDLED = /^(@cortensor\/|viem|ox|abitype|@noble\/|@scure\/|zod|@hpke\/|@solana\/|@solana-program\/|commander)/;

/** Modules find what lies beside them where they were written, not where they were put together. */
const places = {
  name: "places",
  transform(code, id) {
    if (!id.startsWith(ROOT) || id.includes("/node_modules/") || !code.includes("import.meta.url")) return null;
    const own = JSON.stringify(path.relative(FOLDER, id).split(path.sep).join("/"));
    return code.replaceAll("import.meta.url", `new URL(${own}, import.meta.url).href`);
  },
};

/** Puts the command line's modules together, where one of them is newer than what was: a process loads some forty files then, in place of a thousand. */
export async function bundle() {
  if (bundledMs() > newestMs()) return;
  const bundled = await rolldown({
    input: { index: ENTRY },
    platform: "node",
    external: (id) => !/^[./#]/.test(id) && !path.isAbsolute(id) && !BUNDLED.test(id),
    plugins: [places],
  });
  // Whole or not at all: what is half written would count as new.
  const draft = `${FOLDER}.${process.pid}`;
  await bundled.write({ dir: draft, format: "esm" });
  await bundled.close();
  rmSync(FOLDER, { recursive: true, force: true });
  renameSync(draft, FOLDER);
}

/** The end-to-end tests' own start. */
export const setup = bundle;

function bundledMs() {
  const entry = path.join(FOLDER, "index.js");
  return existsSync(entry) ? statSync(entry).mtimeMs : 0;
}

/** Of all that is compiled, and of the tools that the command line loads. */
function newestMs() {
  const packages = path.join(ROOT, "packages");
  // The web page is built behind this, and is no part of it.
  const names = readdirSync(packages).filter((name) => name !== "dashboard");
  const folders = names.map((name) => path.join(packages, name, "dist"));
  const files = [...folders, path.join(ROOT, "tools")]
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => sourcesIn(folder))
    .concat(path.join(ROOT, "package-lock.json"));
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}

function sourcesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : sourcesIn(full);
    return /\.m?js$/.test(entry.name) ? [full] : [];
  });
}
