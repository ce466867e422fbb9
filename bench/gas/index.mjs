import { must } from "../../scripts/run.mjs";
import { report } from "../report.mjs";
import { readGas } from "./readGas.mjs";

/** Their logs are the figures. */
const GAS_TESTS = "contracts/test/SessionPayment/gas.t.sol";

/**
 * Gas of whole settlement transactions in steady state, by the contracts as they are deployed: execution, 21,000, calldata.
 * Compiles what is stale, which takes minutes the first time.
 */
await must(process.execPath, ["tools/install.mjs", "forge"], { toStderr: true });
const args = ["contracts/forge.mjs", "test", "--json", "-vv", "--match-path", GAS_TESTS];
const { hundred, self, delegated } = readGas(await must(process.execPath, args, { capture: true }));

report("gas", [
  {
    metric: "inference_10k",
    value: self.gas,
    unit: "gas",
    atMost: 200,
    delegated: delegated.gas,
    delegatedAtMost: 300,
    arms: { self: self.transactionGas, delegated: delegated.transactionGas },
    inferences: 10_000,
    accounts: 100,
    payees: 40,
  },
  {
    metric: "inference_100",
    value: hundred.gas,
    unit: "gas",
    atMost: 1_000,
    arms: { self: hundred.transactionGas },
    inferences: 100,
    accounts: 1,
    payees: 3,
  },
]);
