import { build } from "./build.mjs";
import { must } from "./run.mjs";
import { runCommand, runForge, runVitest, sum } from "./runners.mjs";

/** End-to-end tests that wait for epochs, settlements or processes most of their time, and leave the cores to others. */
const WAIT_FOR_EPOCHS = [
  ...["guards", "promise", "adversaries", "audit", "contentKills"],
  ...["delegated", "killRouter", "layers", "liar"],
].map((name) => `test/e2e/${name}.test.ts`);
const E2E = ["--config", "vitest.e2e.config.ts"];

/** Tests load what was built. */
const BUILT = { env: { CORTENSOR_TEST_BUILT: "1" } };

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
counts.push(await runVitest([], BUILT));
stage("end to end, two at once: what waits most of its time, and the others");
const others = WAIT_FOR_EPOCHS.flatMap((file) => ["--exclude", file]);
const streams = [runVitest([...E2E, ...WAIT_FOR_EPOCHS]), runVitest([...E2E, ...others])];
counts.push(...(await contracts), ...(await Promise.all(streams)));

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
