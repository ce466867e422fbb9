/** The tests that log a figure for each step of a queued task, and of a contract's request. */
export const QUEUE_TESTS = [
  "test_GasOfEachStep()",
  "test_GasOfADeadline()",
  "test_GasOfAsking()",
  "test_GasOfAnswering()",
  "test_GasOfClosing()",
];

/** Those that log what taking in the fund's money costs, and a claim of what duties have earned. */
export const DUTY_TESTS = ["test_GasOfPayingDuties()"];

/** That which logs what posting a round of drand costs. */
export const BEACON_TESTS = ["test_GasOfARound()"];

/**
 * Reads the report of `forge test --json`: the gas of each step that these tests log, by its name.
 * @returns {Record<string, number>}
 * @throws When a test failed, or logged no figure.
 */
export function readSteps(out, tests) {
  const suites = Object.values(JSON.parse(out.slice(out.indexOf("{"))));
  const results = Object.assign({}, ...suites.map((suite) => suite.test_results));
  const steps = {};
  for (const test of tests) {
    const { status, decoded_logs: logs = [] } = results[test] ?? {};
    const figures = logs.flatMap((line) => /^(.+): (\d+)$/.exec(line)?.slice(1) ?? []);
    if (status !== "Success" || figures.length === 0) throw new Error(`${test}: ${status ?? "not run"}`);
    // A step that several take is as dear as its dearest.
    for (let at = 0; at < figures.length; at += 2) {
      steps[figures[at]] = Math.max(steps[figures[at]] ?? 0, Number(figures[at + 1]));
    }
  }
  return steps;
}
