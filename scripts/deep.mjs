import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { build } from "./build.mjs";
import { must } from "./run.mjs";
import { rootPath, runForge, runVitest } from "./runners.mjs";

/** The large counts, at most 30 minutes each. `npm test` runs each at 1–5 %. */
const RUNS = {
  invariants: {
    says: "contract invariants over many calls",
    run: async () => {
      await must(process.execPath, ["tools/install.mjs", "forge"]);
      return runForge({ profile: "deep", args: ["--match-test", "invariant_"] });
    },
  },
  kills: {
    says: "1,000 miners and 200 routers killed under load",
    run: () => runVitest(["--config", "vitest.e2e.config.ts", "kill"], { env: { CORTENSOR_DEEP: "kills" } }),
  },
};

const name = process.argv[2];
const chosen = RUNS[name];
if (chosen === undefined) {
  console.error(
    `npm run deep -- <name>\n${Object.entries(RUNS)
      .map(([key, { says }]) => `  ${key}: ${says}`)
      .join("\n")}`,
  );
  process.exit(2);
}
await build();
const startedMs = Date.now();
const { passed, failed } = await chosen.run();
const record = {
  deep: name,
  says: chosen.says,
  passed,
  failed,
  seconds: Math.round((Date.now() - startedMs) / 1000),
  commit: execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: rootPath(), encoding: "utf8" }).trim(),
  machine: `${cpus().length} × ${cpus()[0]?.model ?? "cpu"}, Node ${process.version}`,
};
mkdirSync(rootPath("bench", "results"), { recursive: true });
writeFileSync(rootPath("bench", "results", `deep-${name}.json`), `${JSON.stringify(record, undefined, 2)}\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
