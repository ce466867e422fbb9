import { describe, expect, it } from "vitest";
import { compileParts } from "../tools/forge/compileParts.cjs";

const OUTPUTS = { "*": ["abi", "evm.bytecode.object"] };
const NOTHING = { "*": [] };
const VAULT = "contracts/src/l1/Vault.sol";
const TEST = "contracts/test/Vault/take.t.sol";
const imports = 'import { Vault as Kept } from "../../src/l1/Vault.sol";';

type Input = Parameters<typeof compileParts>[0];
/** What is compiled, and how, when these outputs are asked for. */
function compiled(outputSelection: Input["settings"]["outputSelection"], test = "", viaIR = true) {
  const sources = { [VAULT]: { content: "" }, [TEST]: { content: `${imports}\n${test}` } };
  const runs: { viaIR: boolean | undefined; files: string[] }[] = [];
  const output = compileParts({ sources, settings: { viaIR, outputSelection } }, ({ settings }) => {
    const files = Object.keys(settings.outputSelection ?? {});
    runs.push({ viaIR: settings.viaIR, files });
    const warning = { formattedMessage: "of both", severity: "warning" };
    return { errors: [warning], sources: {}, contracts: Object.fromEntries(files.map((file) => [file, {}])) };
  });
  return { runs, output };
}

describe("the compiler behind forge", () => {
  it("compiles sources as they are deployed and tests without the IR pipeline, and says of both what each was told once", () => {
    const { runs, output } = compiled({ [VAULT]: OUTPUTS, [TEST]: OUTPUTS });
    expect(runs).toEqual([
      { viaIR: false, files: [TEST] },
      { viaIR: true, files: [VAULT] },
    ]);
    expect(Object.keys(output.contracts)).toEqual([TEST, VAULT]);
    expect(output.errors).toHaveLength(1);
  });
  it("compiles tests alone when sources are compiled already", () => {
    const { runs } = compiled({ [VAULT]: NOTHING, [TEST]: OUTPUTS });
    expect(runs).toEqual([{ viaIR: false, files: [TEST] }]);
  });
  it("compiles as it is asked to when no test is asked for, or nothing by that pipeline", () => {
    const [source, all] = [
      { [VAULT]: OUTPUTS, [TEST]: NOTHING },
      { [VAULT]: OUTPUTS, [TEST]: OUTPUTS },
    ];
    expect(compiled(source).runs).toEqual([{ viaIR: true, files: [VAULT, TEST] }]);
    expect(compiled(all, "", false).runs).toEqual([{ viaIR: false, files: [VAULT, TEST] }]);
  });
  it.each([
    "vault = new Kept(owner);",
    "vault = new Kept{ value: 1 }();",
    "bytes memory code = type(Kept).creationCode;",
    "bytes memory code = type(Kept).runtimeCode;",
  ])("compiles no test that holds a contract's code instead of its artifact: %s", (held) => {
    const { runs, output } = compiled({ [TEST]: OUTPUTS }, held);
    expect(runs).toEqual([]);
    expect(output.errors?.map(({ formattedMessage }) => formattedMessage)).toEqual([
      `Error: ${TEST} holds the code of Kept: what inherits from a contract or an interface of the sources needs a file of its own`,
    ]);
  });
  it("lets a test make arrays of what a contract declares, and what it declares itself", () => {
    const { runs } = compiled({ [TEST]: OUTPUTS }, "new Kept.Entry[](1); new Handler(Kept(payable(deployed)));");
    expect(runs).toHaveLength(1);
  });
});
