import { must } from "../../scripts/run.mjs";
import { report } from "../report.mjs";
import { readGas } from "./readGas.mjs";
import { BEACON_TESTS, DUTY_TESTS, QUEUE_TESTS, readSteps } from "./readSteps.mjs";

/** Their logs are the figures. */
const GAS_TESTS = "contracts/test/{SessionPayment,Attestations}/gas.t.sol";

/** Those that hold no money are tested without the IR pipeline: what is deployed of them costs somewhat less. */
const STEP_TESTS = "contracts/rules/{SessionQueue,InferenceOracle,DutyPay,Beacons}/gas.t.sol";

/**
 * Gas of whole transactions in steady state, of settlements and of guards, by the contracts as they are deployed: execution, 21,000, calldata.
 * Compiles what is stale, which takes minutes the first time.
 */
await must(process.execPath, ["tools/install.mjs", "forge"], { toStderr: true });
const args = ["contracts/forge.mjs", "test", "--json", "-vv", "--match-path", GAS_TESTS];
const { hundred, self, delegated, root, freeze } = readGas(await must(process.execPath, args, { capture: true }));
const stepArgs = ["contracts/forge.mjs", "test", "--json", "-vv", "--match-path", STEP_TESTS];
const env = { FOUNDRY_PROFILE: "rules" };
const stepReport = await must(process.execPath, stepArgs, { capture: true, env });
const steps = readSteps(stepReport, QUEUE_TESTS);
const dutySteps = readSteps(stepReport, DUTY_TESTS);
const beaconSteps = readSteps(stepReport, BEACON_TESTS);

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
  { metric: "root_5_of_7", value: root.gas, unit: "gas", atMost: 80_000, guards: 7, signers: 5 },
  { metric: "freeze", value: freeze.gas, unit: "gas", atMost: 120_000, guards: 32, sets: 3 },
  // Of a queued task of three copies, and of a contract's request for one.
  ...Object.entries(steps).map(([step, value]) => ({
    metric: "queue_step",
    text: step,
    value,
    unit: "gas",
    copies: 3,
  })),
  // A root of what duties have earned costs what any root does.
  ...Object.entries(dutySteps).map(([step, value]) => ({
    metric: "duty_step",
    text: step,
    value,
    unit: "gas",
    validators: 1_024,
  })),
  // Once an epoch, where drand is mixed in: its signature is checked by the chain's own pairing.
  ...Object.entries(beaconSteps).map(([step, value]) => ({ metric: "beacon_step", text: step, value, unit: "gas" })),
]);
