import { build } from "./build.mjs";
import { must } from "./run.mjs";
import { runCommand, runForge, runVitest, sum } from "./runners.mjs";

/** End-to-end tests that wait for epochs, settlements or processes most of their time, and leave the cores to others. */
const WAIT_FOR_EPOCHS = [
  ...["guards", "promise", "adversaries", "audit", "contentKills"],
  ...["delegated", "killRouter", "layers", "liar"],
].map((name) => `test/e2e/${name}.test.ts`);
const E2E = ["--config", "vitest.e2e.config.ts"];

/** Everything that CI runs. Ends with one line of counts over all runners. */
const startedMs = Date.now();
const stage = (name) => console.log(`\n== ${name} (${Math.round((Date.now() - startedMs) / 1000)} s)`);

stage("install and build");
await build();
await must(process.execPath, ["tools/install.mjs", "forge"]);

const counts = [];
stage("check; the contracts beside it and beside what follows, whose compiler keeps one core busy for minutes");
const contracts = testContracts();
counts.push(await runCommand("check", process.execPath, ["scripts/check.mjs"]));
stage("unit and integration");
counts.push(await runVitest([]));
stage("end to end: what waits most of its time, beside what is left of the contracts");
const waiting = runVitest([...E2E, ...WAIT_FOR_EPOCHS]);
counts.push(...(await contracts));
stage("end to end: the others, beside it");
const others = WAIT_FOR_EPOCHS.flatMap((file) => ["--exclude", file]);
counts.push(...(await Promise.all([waiting, runVitest([...E2E, ...others])])));

/** The first two need forge's output folder, so one follows the other; the rules, compiled another way, have their own. */
async function testContracts() {
  const generated = ["contracts/generate.mjs", "--check"];
  const compiled = await runCommand("committed ABIs and bytecode", process.execPath, generated);
  return [compiled, await runForge(), await runForge({ profile: "rules" })];
}

const { passed, failed, broken } = sum(counts);
if (broken.length > 0) console.log(`\nfailed:\n${broken.map((name) => `  ${name}`).join("\n")}`);
console.log(`\ntook ${Math.round((Date.now() - startedMs) / 1000)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
