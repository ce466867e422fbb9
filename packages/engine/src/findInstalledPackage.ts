import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

/** Folder of an installed npm package of this very name; a stand-in under another name doesn't count. */
export async function findInstalledPackage(name: string): Promise<string | undefined> {
  for (const modules of createRequire(import.meta.url).resolve.paths(name) ?? []) {
    const folder = join(modules, name);
    const text = await readFile(join(folder, "package.json"), "utf8").catch(() => undefined);
    if (text !== undefined) return text.includes(`"name": "${name}"`) ? folder : undefined;
  }
  return undefined;
}
