import { describe, expect, it } from "vitest";
import { readGas } from "./readGas.mjs";

const test = (line: string) => ({ status: "Success", decoded_logs: [line, "  per inference: 1"] });
const whole = {
  "test_Gas100InOneAccountWith3Payees()": test("100 inferences, 1 account, 3 payees: transaction: 64321"),
  "test_Gas10000Over100AccountsWith40Payees()": test("10,000 inferences: transaction: 1765432"),
  "test_Gas10000Over100AccountsDelegated()": test("10,000 inferences, delegated: transaction: 2512345"),
  "test_GasOfAQuorumOf5Of7()": test("a root signed by 5 guards of 7: transaction: 71234"),
  "test_GasOfAFreeze()": test("a guard of 32 frozen, in three sets: transaction: 98765"),
};
const reportOf = (results: object) =>
  `compiling\n${JSON.stringify({ "gas.t.sol:GasTest": { test_results: results } })}`;

describe("reading the gas of settlements and guards", () => {
  it("takes whole transactions, and parts them among their inferences", () => {
    expect(readGas(reportOf(whole))).toEqual({
      hundred: { transactionGas: 64_321, gas: 643.21 },
      self: { transactionGas: 1_765_432, gas: 176.5432 },
      delegated: { transactionGas: 2_512_345, gas: 251.2345 },
      root: { transactionGas: 71_234, gas: 71_234 },
      freeze: { transactionGas: 98_765, gas: 98_765 },
    });
  });
  it.each([
    ["failed", { status: "Failure", decoded_logs: ["10,000 inferences: transaction: 3000000"] }],
    ["logged no figure", { status: "Success", decoded_logs: [] }],
    ["did not run", undefined],
  ])("refuses a report whose test %s", (_what, result) => {
    const out = reportOf({ ...whole, "test_Gas10000Over100AccountsWith40Payees()": result });
    expect(() => readGas(out)).toThrow("test_Gas10000Over100AccountsWith40Payees()");
  });
});
