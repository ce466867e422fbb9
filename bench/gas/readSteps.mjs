/** The tests that log a figure for each step of a queued task, and of a contract's request. */
const TESTS = [
  "test_GasOfEachStep()",
  "test_GasOfADeadline()",
  "test_GasOfAsking()",
  "test_GasOfAnswering()",
  "test_GasOfClosing()",
];

/**
 * Reads the report of `forge test --json`: the gas of each step, by its name.
 * @returns {Record<string, number>}
 * @throws When a test failed, or logged no figure.
 */
export function readSteps(out) {
  const suites = Object.values(JSON.parse(out.slice(out.indexOf("{"))));
  const results = Object.assign({}, ...suites.map((suite) => suite.test_results));
  const steps = {};
  for (const test of TESTS) {
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
