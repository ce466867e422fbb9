import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** How long the tests may take under one mutant: one that makes them endless is killed. */
const TRIAL_MS_MAX = 300_000;
const OUTPUT_BYTES_MAX = 64 * 1_048_576;

/** Few random inputs where most mutants fall, more for those that are left; the invariants run only there. */
const NEAR = { FOUNDRY_FUZZ_RUNS: "8" };
const ALL = { FOUNDRY_FUZZ_RUNS: "32", FOUNDRY_INVARIANT_RUNS: "2", FOUNDRY_INVARIANT_DEPTH: "32" };

/**
 * Runs the tests with one mutant on; 0 is none.
 * @param {{ forge: string, solc: string, rooms: string[], number: number }} options `rooms`: scratch copies to try it in, one
 * after the other; the last has all tests.
 * @returns {Promise<{ verdict: "killed" | "survived" | "undecided", by?: string, in?: string }>} The test that failed, its file.
 */
export async function tryMutant({ rooms, ...options }) {
  for (const [index, folder] of rooms.entries()) {
    const outcome = await runTests({ ...options, folder, runs: index === rooms.length - 1 ? ALL : NEAR });
    if (outcome.verdict !== "survived") return outcome;
  }
  return { verdict: "survived" };
}

async function runTests({ forge, solc, folder, number, runs }) {
  const scratch = mkdtempSync(path.join(tmpdir(), "cortensor-mutant-"));
  // Any filter of tests would make forge look at every source again.
  const coinbase = `0x${number.toString(16).padStart(40, "0")}`;
  const how = ["--block-coinbase", coinbase, "--fail-fast", "--fuzz-seed", "0x1", "--threads", "1"];
  const env = {
    ...process.env,
    FOUNDRY_CONFIG: path.join(folder, "contracts/foundry.toml"),
    FOUNDRY_SOLC: solc,
    // What one mutant failed on is no other's business.
    FOUNDRY_TEST_FAILURES_FILE: path.join(scratch, "failures"),
    FOUNDRY_FUZZ_FAILURE_PERSIST_DIR: path.join(scratch, "fuzz"),
    FOUNDRY_INVARIANT_FAILURE_PERSIST_DIR: path.join(scratch, "invariant"),
    ...runs,
  };
  const args = ["test", "--root", folder, ...how];
  try {
    return await new Promise((resolve) => {
      const limits = { cwd: folder, env, timeout: TRIAL_MS_MAX, maxBuffer: OUTPUT_BYTES_MAX };
      execFile(forge, args, limits, (error, stdout) => resolve(judge(error, stdout)));
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What forge's end says. An end that no test explains decides nothing. */
export function judge(error, stdout) {
  if (error?.killed) return { verdict: "killed", by: "time" };
  const failure = /^\[FAIL[^\n]*\] (\w+)\(/m.exec(stdout);
  if (error !== null && failure !== null) {
    const suites = [...stdout.slice(0, failure.index).matchAll(/^Ran \d+ tests? for (\S+\.sol):/gm)];
    return { verdict: "killed", by: failure[1], in: suites.at(-1)?.[1] };
  }
  const isWhole = error === null && /\d+ tests passed, 0 failed, 0 skipped/.test(stdout);
  return isWhole ? { verdict: "survived" } : { verdict: "undecided" };
}
