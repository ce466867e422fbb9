import { existsSync, readdirSync } from "node:fs";
import { build } from "./build.mjs";
import { ROOT, run } from "./run.mjs";

/** `npm run bench -- <name> [--json]`: every figure that the README states, one command each. */
const [name, ...rest] = process.argv.slice(2);
const known = readdirSync(`${ROOT}/bench`).filter((entry) => existsSync(`${ROOT}/bench/${entry}/index.mjs`));
if (name === undefined || !known.includes(name)) {
  console.error(`npm run bench -- <${known.join("|")}> [--json]`);
  process.exit(2);
}
if (rest.includes("--json")) console.log = (...words) => console.error(...words);
await build();
const { code } = await run(process.execPath, [`bench/${name}/index.mjs`, ...rest]);
process.exit(code);
