import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { makeMutants } from "./makeMutants.mjs";
import { SWITCH_FOLDER } from "./switchSource.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const GUARD = "utils/ReentrancyGuardTransient.sol";
/** Their thresholds are about the contracts as they are deployed: switches cost gas. */
const LEFT_OUT = /^contracts\/test\/(SessionPayment|DutyPay)\/gas\.t\.sol$/;

/**
 * Lays out a scratch copy of the contracts and their tests that holds all mutants. What is there already stays as it is, what
 * was built of it too.
 * @param {{ root: string, folder: string, isWanted?: (file: string) => boolean, money?: readonly string[] }} options `isWanted`: which
 * sources and tests are copied, if not all.
 * @returns {import("./switchSource.mjs").Mutant[]}
 */
export function layOut({ root, folder, isWanted = () => true, money }) {
  const { mutants, files } = makeMutants(root, money);
  for (const file of files.keys()) {
    if (LEFT_OUT.test(file) || !isWanted(file)) files.delete(file);
  }
  files.set(`${SWITCH_FOLDER}/Mutant.sol`, readFileSync(path.join(here, "solidity/Mutant.sol"), "utf8"));
  files.set(`${SWITCH_FOLDER}/ReentrancyGuardTransient.sol`, switchGuard(root));
  files.set("contracts/foundry.toml", settings(readFileSync(path.join(root, "contracts/foundry.toml"), "utf8")));
  removeOthers(folder, files);
  for (const [file, text] of files) writeChanged(path.join(folder, file), text);
  copyTools(root, folder);
  return mutants;
}

/**
 * A copy of the built whole that has the tests of one folder alone, without their invariants: what was built is taken over.
 * @returns {string} Its folder.
 */
export function openRoom({ folder, whole, name }) {
  const room = path.join(folder, name);
  rmSync(room, { recursive: true, force: true });
  const tests = path.join(whole, "contracts/test");
  const isOther = (from) => {
    if (!from.startsWith(tests) || !from.endsWith(".t.sol")) return false;
    return path.basename(path.dirname(from)) !== name || /invariants\.t\.sol$/i.test(from);
  };
  cpSync(whole, room, { recursive: true, filter: (from) => !isOther(from) });
  return room;
}

function removeOthers(folder, files) {
  for (const below of ["contracts/src", "contracts/test"]) {
    const full = path.join(folder, below);
    if (!existsSync(full)) continue;
    for (const name of readdirSync(full, { recursive: true, encoding: "utf8" })) {
      const file = path.posix.join(below, name);
      if (file.endsWith(".sol") && !files.has(file)) rmSync(path.join(folder, file));
    }
  }
}

function writeChanged(full, text) {
  if (existsSync(full) && readFileSync(full, "utf8") === text) return;
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, text);
}

/** What the contracts import, the compiler in front of them, and the vectors that their tests read. */
function copyTools(root, folder) {
  const solidity = "tools/forge/node_modules/@openzeppelin/contracts";
  const isNeeded = (from) => !path.extname(from) || from.endsWith(".sol");
  cpSync(path.join(root, solidity), path.join(folder, solidity), { recursive: true, filter: isNeeded });
  cpSync(path.join(root, "packages/protocol/vectors"), path.join(folder, "packages/protocol/vectors"), {
    recursive: true,
  });
}

/** OpenZeppelin's guard, with a modifier that takes the mutant which leaves it out. */
function switchGuard(root) {
  const text = readFileSync(path.join(root, "tools/forge/node_modules/@openzeppelin/contracts", GUARD), "utf8");
  const switches = [
    ['"./TransientSlot.sol"', '"@openzeppelin/contracts/utils/TransientSlot.sol"'],
    ["import {TransientSlot}", 'import { Mutant } from "./Mutant.sol";\nimport {TransientSlot}'],
    ["modifier nonReentrant() {", "modifier nonReentrant_(uint256 mutant_) {"],
    ["\n        _nonReentrantBefore();", "\n        if (!Mutant.on(mutant_)) _nonReentrantBefore();"],
    ["\n        _nonReentrantAfter();", "\n        if (!Mutant.on(mutant_)) _nonReentrantAfter();"],
  ];
  return switches.reduce((done, [from, to]) => replaceOnce(done, from, to), text);
}

/** The contracts' own settings, but nothing optimised: a build with every mutant is large, and made once. */
function settings(text) {
  const changes = [
    [/^optimizer_runs = .*$/m, "code_size_limit = 16777215"],
    // An endless loop ends.
    [/^gas_limit = .*$/m, `gas_limit = ${GAS_MAX}`],
  ];
  const changed = changes.reduce((done, [from, to]) => replaceOnce(done, from, to), text);
  return `${changed}\n${MINIMAL_IR}`;
}

/** Far above what any test takes. */
const GAS_MAX = 3_000_000_000;

const MINIMAL_IR = `[profile.default.optimizer_details]
peephole = false
inliner = false
jumpdestRemover = false
orderLiterals = false
deduplicate = false
cse = false
constantOptimizer = false
yul = true

[profile.default.optimizer_details.yulDetails]
stackAllocation = true
optimizerSteps = "u"
`;

function replaceOnce(text, from, to) {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${from} is not there to be replaced`);
  return changed;
}
