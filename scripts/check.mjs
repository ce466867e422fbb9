import { blindness } from "./blindness.mjs";
import { ensureInstalled } from "./install.mjs";
import { layerProblems, readPackages } from "./layers.mjs";
import { bin, must, ROOT } from "./run.mjs";
import { tidy } from "./tidy.mjs";

/** Types, lint, walls, formatting, tidiness. */
export async function check() {
  await ensureInstalled();
  await must(bin("tsc"), ["-b"]);
  await must(bin("tsc"), ["-p", "test/e2e", "--noEmit"]);
  await must(bin("tsc"), ["-p", "tsconfig.tests.json"]);
  await must(bin("biome"), ["check", "--error-on-warnings", "."]);
  const problems = [...layerProblems(readPackages(ROOT)), ...tidy(ROOT), ...blindness(ROOT)];
  if (problems.length > 0) {
    console.error(problems.join("\n"));
    process.exit(1);
  }
  console.log("check: types, lint, walls, formatting and tidiness hold");
}

if (process.argv[1] === new URL(import.meta.url).pathname) await check();
