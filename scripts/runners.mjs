import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { bin, ROOT, run } from "./run.mjs";

/** Runs vitest and counts. A run that could not start, or an unhandled error, counts as a failure. */
export async function runVitest(args, { env = {} } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), "cortensor-vitest-"));
  const file = path.join(folder, "result.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const { code } = await run(bin("vitest"), ["run", ...reporters, ...args], { env: { CI: "true", ...env } });
    return countVitest(code, readReport(file));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    return { missing: String(error) };
  }
}

/** Passed and failed of a vitest report; an exit code that the report doesn't explain is one failure more. */
export function countVitest(code, report) {
  if (report.missing !== undefined) return { passed: 0, failed: 1 };
  const brokenFiles = (report.testResults ?? []).filter(
    (file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"),
  ).length;
  const failed = report.numFailedTests + brokenFiles;
  return { passed: report.numPassedTests, failed: code !== 0 && failed === 0 ? 1 : failed };
}

/** Counts the report of `forge test --json`: tests, and the calls that its invariants made, with those that reverted. */
export function countForge(code, out) {
  const start = out.indexOf("{");
  try {
    const suites = Object.values(JSON.parse(out.slice(start)));
    const tests = suites.flatMap((suite) => Object.values(suite.test_results));
    const failed = tests.filter((test) => test.status !== "Success").length;
    const counts = { passed: tests.length - failed, failed: code !== 0 && failed === 0 ? 1 : failed };
    const campaigns = tests.flatMap(({ kind }) => kind?.Invariant ?? []);
    if (campaigns.length === 0) return counts;
    const add = (key) => campaigns.reduce((total, campaign) => total + campaign[key], 0);
    return { ...counts, calls: add("calls"), reverts: add("reverts") };
  } catch {
    process.stderr.write(out);
    return { passed: 0, failed: 1 };
  }
}

/** Runs the contracts' tests with their small counts. */
export async function runForge({ profile = "default", args = [] } = {}) {
  const { code, out } = await run(process.execPath, ["contracts/forge.mjs", "test", "--json", ...args], {
    capture: true,
    env: { FOUNDRY_PROFILE: profile },
  });
  const counts = countForge(code, out);
  console.log(`contracts: ${counts.passed} passed, ${counts.failed} failed`.replace(/^/, "  "));
  if (counts.failed > 0) process.stderr.write(out.slice(-8_000));
  return counts;
}

/** Runs one command as a single test. */
export async function runCommand(name, command, args) {
  const { code } = await run(command, args);
  console.log(`  ${name}: ${code === 0 ? "holds" : "broken"}`);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

export const sum = (counts) =>
  counts.reduce((total, each) => ({ passed: total.passed + each.passed, failed: total.failed + each.failed }), {
    passed: 0,
    failed: 0,
  });
export const rootPath = (...parts) => path.join(ROOT, ...parts);
