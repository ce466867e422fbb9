import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

/**
 * One hash over files and folders, names included: what was found of them holds as long as it stays.
 * @param {string} root
 * @param {readonly string[]} names Files and folders below the root.
 */
export function sourcesHash(root, names) {
  const hash = createHash("sha256");
  for (const name of names.flatMap((each) => filesOf(root, each)).sort()) {
    hash
      .update(`${name}\0`)
      .update(readFileSync(path.join(root, name)))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

/**
 * One hash over what is committed under these names: of folders that hold built files beside their sources.
 * @param {string} root
 * @param {readonly string[]} names Files and folders below the root.
 */
export function treesHash(root, names) {
  const objects = names.map((name) => execFileSync("git", ["rev-parse", `HEAD:${name}`], { cwd: root }));
  return createHash("sha256").update(Buffer.concat(objects)).digest("hex").slice(0, 16);
}

function filesOf(root, name) {
  const full = path.join(root, name);
  if (statSync(full).isFile()) return [name];
  return readdirSync(full, { recursive: true, encoding: "utf8" })
    .map((each) => path.join(name, each))
    .filter((each) => statSync(path.join(root, each)).isFile());
}
