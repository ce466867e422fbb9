/** The figures that the gas tests log: what each logs first is a whole transaction. */
const TESTS = {
  hundred: { test: "test_Gas100InOneAccountWith3Payees()", inferences: 100 },
  self: { test: "test_Gas10000Over100AccountsWith40Payees()", inferences: 10_000 },
  delegated: { test: "test_Gas10000Over100AccountsDelegated()", inferences: 10_000 },
  root: { test: "test_GasOfAQuorumOf5Of7()" },
  freeze: { test: "test_GasOfAFreeze()" },
};

/**
 * Reads the report of `forge test --json`.
 * @returns {Record<"hundred" | "self" | "delegated" | "root" | "freeze", { transactionGas: number, gas: number }>} `gas`: an inference's, where
 *   there are any.
 * @throws When a test failed, or logged no figure.
 */
export function readGas(out) {
  const suites = Object.values(JSON.parse(out.slice(out.indexOf("{"))));
  const results = Object.assign({}, ...suites.map((suite) => suite.test_results));
  return Object.fromEntries(
    Object.entries(TESTS).map(([name, { test, inferences = 1 }]) => {
      const { status, decoded_logs: logs = [] } = results[test] ?? {};
      const transactionGas = Number(
        /: transaction: (\d+)$|: (\d+)$/
          .exec(logs[0] ?? "")
          ?.slice(1)
          .find(Boolean),
      );
      if (status !== "Success" || !(transactionGas > 0)) throw new Error(`${test}: ${status ?? "not run"}, ${logs[0]}`);
      return [name, { transactionGas, gas: transactionGas / inferences }];
    }),
  );
}
