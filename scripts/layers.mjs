import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Imports only point down: a package may depend on packages of a lower height. */
export const HEIGHTS = {
  protocol: 0,
  chain: 1,
  runtime: 1,
  wire: 2,
  engine: 2,
  books: 2,
  data: 2,
  rollup: 2,
  sdk: 2,
  proof: 3,
  api: 3,
  node: 4,
  cli: 5,
  dashboard: 5,
  sim: 5,
};
const BROWSER_SAFE = ["protocol", "chain", "sdk", "dashboard"];
const SCOPE = "@cortensor/";
/** Packages that aren't in `packages/`. */
const ELSEWHERE = ["sim"];

/** Every breach of the layers, in words. `packages` maps a folder name to its package.json and tsconfig references. */
export function layerProblems(packages) {
  const problems = [];
  for (const [name, { dependencies, references }] of Object.entries(packages)) {
    if (HEIGHTS[name] === undefined) problems.push(`${name} has no height in scripts/layers.mjs`);
    const ours = dependencies
      .filter((dependency) => dependency.startsWith(SCOPE))
      .map((full) => full.slice(SCOPE.length));
    for (const other of ours) {
      if (!(HEIGHTS[other] < HEIGHTS[name])) problems.push(`${name} may not depend on ${other}`);
      if (BROWSER_SAFE.includes(name) && !BROWSER_SAFE.includes(other))
        problems.push(`${name} runs in a browser, ${other} does not`);
    }
    const to = ELSEWHERE.includes(name) ? "../packages" : "..";
    const expected = ours.map((other) => `${to}/${other}`).sort();
    if (JSON.stringify(expected) !== JSON.stringify([...references].sort())) {
      problems.push(`${name}: tsconfig references [${references}] differ from its dependencies [${expected}]`);
    }
  }
  return problems;
}

/** Reads the workspaces as `layerProblems` wants them. */
export function readPackages(root) {
  const inside = readdirSync(path.join(root, "packages"));
  return Object.fromEntries(
    [...inside, ...ELSEWHERE].map((name) => {
      const read = (file) => JSON.parse(readFileSync(path.join(folderOf(root, name), file), "utf8"));
      const manifest = read("package.json");
      return [
        name,
        {
          dependencies: Object.keys(manifest.dependencies ?? {}),
          references: (read("tsconfig.json").references ?? []).map((reference) => reference.path),
        },
      ];
    }),
  );
}

/** Where a package lies. */
export function folderOf(root, name) {
  return ELSEWHERE.includes(name) ? path.join(root, name) : path.join(root, "packages", name);
}
