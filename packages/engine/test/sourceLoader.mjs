// Lets a plain Node process run the TypeScript sources, as the test runner does: `node --conditions=source --import <this file> entry.ts`.
// What was compiled once is kept by its hash: the compiler itself takes seconds and a hundred megabytes to load.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { register } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";

const CACHE = new URL("../../../node_modules/.cache/cortensor-sources/", import.meta.url);

if (isMainThread) register(import.meta.url);

/** Sources name their siblings by the compiled name: `./a.js` is `./a.ts` here. */
export async function resolve(specifier, context, next) {
  if (specifier.startsWith(".") && specifier.endsWith(".js") && context.parentURL?.endsWith(".ts")) {
    return next(specifier.replace(/\.js$/, ".ts"), context);
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return next(url, context);
  const text = await readFile(fileURLToPath(url), "utf8");
  const kept = fileURLToPath(new URL(`${createHash("sha256").update(text).digest("hex")}.js`, CACHE));
  const source = (await readFile(kept, "utf8").catch(() => undefined)) ?? (await compile({ text, url, kept }));
  return { format: "module", source, shortCircuit: true };
}

async function compile({ text, url, kept }) {
  const { default: ts } = await import("typescript");
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true };
  const { outputText } = ts.transpileModule(text, { compilerOptions, fileName: url });
  const partial = `${kept}.${process.pid}`;
  await mkdir(dirname(kept), { recursive: true });
  await writeFile(partial, outputText);
  await rename(partial, kept);
  return outputText;
}
