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

/** Passed and failed of a vitest report, and what failed; an exit code that the report doesn't explain is one failure more. */
export function countVitest(code, report) {
  if (report.missing !== undefined)
    return { passed: 0, failed: 1, broken: [`vitest left no report: ${report.missing}`] };
  const broken = (report.testResults ?? []).flatMap(brokenIn);
  const failed = report.numFailedTests + broken.filter(({ wholeFile }) => wholeFile).length;
  const names = broken.map(({ name, message }) => `${name}: ${firstLine(message)}`);
  if (code === 0 || failed > 0) return { passed: report.numPassedTests, failed, broken: names };
  return {
    passed: report.numPassedTests,
    failed: 1,
    broken: [...names, `vitest ended with ${code}, for no test's sake`],
  };
}

/** The failed tests of a file; the file itself when none failed in it. */
function brokenIn({ name, status, message, assertionResults }) {
  const file = path.relative(ROOT, name ?? "");
  const failed = assertionResults.filter((test) => test.status === "failed");
  if (status === "failed" && failed.length === 0)
    return [{ wholeFile: true, name: file, message: message || "failed before its tests, or after them" }];
  return failed.map((test) => ({ name: `${file} > ${test.fullName}`, message: test.failureMessages?.[0] }));
}

const firstLine = (message = "") => message.split("\n", 1)[0].slice(0, 300);

/** Counts the report of `forge test --json`: tests, and the calls that its invariants made, with those that reverted. */
export function countForge(code, out) {
  const start = out.indexOf("{");
  try {
    const suites = Object.values(JSON.parse(out.slice(start)));
    const tests = suites.flatMap((suite) => Object.values(suite.test_results));
    const named = suites.flatMap((suite) => Object.entries(suite.test_results));
    const broken = named
      .filter(([, { status }]) => status !== "Success")
      .map(([name, test]) => `${name}: ${firstLine(test.reason ?? "")}`);
    const failed = broken.length;
    const unexplained = code !== 0 && failed === 0;
    if (unexplained) broken.push(`forge ended with ${code}, for no test's sake`);
    const counts = { passed: tests.length - failed, failed: unexplained ? 1 : failed, broken };
    const campaigns = tests.flatMap(({ kind }) => kind?.Invariant ?? []);
    if (campaigns.length === 0) return counts;
    const add = (key) => campaigns.reduce((total, campaign) => total + campaign[key], 0);
    return { ...counts, calls: add("calls"), reverts: add("reverts") };
  } catch {
    process.stderr.write(out);
    return { passed: 0, failed: 1, broken: ["forge left no report"] };
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
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, broken: [name] };
}

/** Passed, failed and what failed, over runners. */
export const sum = (counts) => ({
  passed: counts.reduce((total, { passed }) => total + passed, 0),
  failed: counts.reduce((total, { failed }) => total + failed, 0),
  broken: counts.flatMap(({ broken = [] }) => broken),
});
export const rootPath = (...parts) => path.join(ROOT, ...parts);
