import { MONEY_SOURCES } from "./moneySources.mjs";
import { OPERATORS } from "./operators.mjs";

/**
 * The page on mutants.
 * @param {{ key: string, line: number, operator: string, verdict: string }[]} verdicts
 * @param {{ reasons: Record<string, string>, sites: number }} options `reasons`: why a survivor survives, by its key. `sites`: how many
 * mutants there are, tried or not.
 */
export function renderPage(verdicts, { reasons, sites }) {
  const of = (verdict, some = verdicts) => some.filter((each) => each.verdict === verdict);
  const [killed, survivors, uncompiled] = [of("killed"), of("survived"), of("notCompiled")];
  const compiled = killed.length + survivors.length;
  const rows = Object.entries(OPERATORS).map(([operator, says]) => {
    const some = verdicts.filter((each) => each.operator === operator);
    const dead = of("killed", some).length;
    return `| ${operator} | ${says.replaceAll("|", "\\|")} | ${dead + of("survived", some).length} | ${dead} |`;
  });
  const why = ({ key }) => reasons[key] ?? "no test yet";
  const files = Object.keys(MONEY_SOURCES)
    .map((file) => `\`${file}\``)
    .join(", ");
  return `${INTRODUCTION}
## Where

Every site in every contract that holds COR, moves it, or computes an amount of it, and in what they inherit and decide with:
${files}.

Not there: who somebody is and how well it serves (\`Registry\`, \`VerifierList\`, \`Verifications\`, \`NodeLevels\`, \`NodePool\`, \`NodeWeights\`, \`NetworkTasks\`, \`Modules\`), the
hooks that never refuse, the messenger, the session queue and the oracle. No coin and no amount passes through them. Nor examples.
\`Juries\`, which holds what disputes put down, isn't tried yet, nor are \`BridgedCor\`, \`SolanaTill\`, \`StakeMirror\`, and the libraries of orders and of proofs from below.

## Operators, and what was killed

| operator | changes | compiled | killed |
|---|---|---|---|
${rows.join("\n")}
| all | | ${compiled} | ${killed.length} (${share(killed.length, compiled)}) |

${verdicts.length} of ${sites} mutants have been tried${verdicts.length < sites ? "; the record isn't whole" : ""}. ${uncompiled.length} can't be compiled: ${uncompiled.map(shown).join(", ") || "none"}.

## Survivors

Those that no test could tell from the contract count as survivors, too.

| where | change | why it survives |
|---|---|---|
${survivors.map((each) => `| ${placeOf(each)} | ${shown(each)} | ${why(each)} |`).join("\n")}
`;
}

const share = (part, whole) => (whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`);
const placeOf = ({ key, line }) => `${key.split(" ")[0].replace("contracts/src/", "")}:${line}`;
const shown = ({ key }) => {
  const [, operator, from, to] = /^\S+ (\w+): (.*) → (.*)$/.exec(key) ?? [];
  return `\`${from}\` → ${operator === "deletion" || to === "" ? "nothing" : `\`${to}\``}`.replaceAll("|", "\\|");
};

const INTRODUCTION = `# Mutants

A test that can't fail proves nothing. So each place in the money contracts is changed in turn, and the contracts' tests must fail:
\`npm run deep -- mutants\` tries them all, goes on where it was stopped, and keeps each mutant's verdict and the test that killed it in
\`bench/results/mutants.jsonl\`; \`npm run bench -- contracts\` sums them up and writes this page.

One build holds all of them. \`contracts/mutants\` rewrites the contracts, found by the compiler's own syntax tree, so that
\`a < b\` reads \`Mutant.on(17) ? a <= b : a < b\`, in a scratch copy; the number of the mutant that is on stands where a block's coinbase
does, which no contract reads. With none on, every test passes; it is tried first. The copy is compiled through the same
intermediate language as what is deployed, without its optimiser, and the tests of gas are left out: switches cost gas.

A mutant is first tried with the tests that are about it, then with all, each with fewer random inputs than \`npm test\` has, from a fixed
seed. A killed one stays killed as long as the contracts and the file of the test that killed it stay as they are; a survivor is tried
again when any test changes.
`;
