import { readdirSync, readFileSync } from "node:fs";
import { must } from "./run.mjs";
import { rootPath, runForge } from "./runners.mjs";

const testFiles = readdirSync(rootPath("contracts", "test"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".sol"))
  .sort();
const suites = testFiles.filter((file) => file.endsWith("invariants.t.sol"));

/** The contracts, the suites of invariants, and what those are built from. */
export const INVARIANT_SOURCES = [
  "contracts/src",
  "contracts/foundry.toml",
  "tools/forge/package.json",
  "tools/forge/compileParts.cjs",
  ...testFiles
    .filter((file) => suites.includes(file) || !file.endsWith(".t.sol"))
    .map((file) => `contracts/test/${file}`),
];

/** Each invariant is a campaign of its own, and a part. Calls are what forge reports. */
export function invariantParts() {
  return suites.flatMap((file) => {
    const text = readFileSync(rootPath("contracts", "test", file), "utf8");
    return [...text.matchAll(/function (invariant_\w+)\(/g)].map(([, name]) => part(file, name));
  });
}

function part(file, name) {
  return {
    name: `${file.split("/")[0]} ${name}`,
    run: async () => {
      await must(process.execPath, ["tools/install.mjs", "forge"]);
      const args = ["--match-path", `contracts/test/${file}`, "--match-test", `^${name}\\(`];
      return runForge({ profile: "deep", args });
    },
  };
}
