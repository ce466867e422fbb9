import { existsSync, readdirSync } from "node:fs";
import { must, ROOT, run } from "./run.mjs";

/** What needs the contracts alone. */
const NEED_NO_BUILD = ["contracts", "gas"];

/** `npm run bench -- <name> [--json]`: every figure that the README states, one command each. */
const [name, ...rest] = process.argv.slice(2);
const known = readdirSync(`${ROOT}/bench`).filter((entry) => existsSync(`${ROOT}/bench/${entry}/index.mjs`));
if (name === undefined || !known.includes(name)) {
  console.error(`npm run bench -- <${known.join("|")}> [--json]`);
  process.exit(2);
}
if (!NEED_NO_BUILD.includes(name)) {
  // With --json nothing but the figures goes to standard output.
  await must(process.execPath, ["scripts/build.mjs"], { toStderr: rest.includes("--json") });
}
const { code } = await run(process.execPath, [`bench/${name}/index.mjs`, ...rest]);
process.exit(code);
