import path from "node:path";
import { Renderer } from "./renderer.mjs";

/** Where the scratch copy keeps which mutant is on, and what its modifiers are made of. */
export const SWITCH_FOLDER = "contracts/src/mutants";

const LINE_FEED = 10;

/**
 * Rewrites a source so that it holds all of its mutants, each behind `Mutant.on(<number>)`.
 * @param {{ file: string, bytes: Buffer, ast: object }} source
 * @param {{ constants: Set<number>, firstNumber: number }} options
 * @returns {{ text: string, mutants: Mutant[] }}
 *
 * @typedef {object} Mutant
 * @property {number} number
 * @property {string} key What is changed into what: it stays when lines move.
 * @property {string} file
 * @property {number} line
 * @property {string} operator
 * @property {string} from
 * @property {string} to Empty: nothing.
 * @property {boolean} compiles
 */
export function switchSource(source, { constants, firstNumber }) {
  const mutants = [];
  const alike = new Map();
  const lineOf = (offset) => source.bytes.subarray(0, offset).filter((byte) => byte === LINE_FEED).length + 1;
  const add = ({ offset, ...mutant }) => {
    const number = firstNumber + mutants.length;
    const change = `${source.file} ${mutant.operator}: ${mutant.from} → ${mutant.to}`;
    const nth = (alike.get(change) ?? 0) + 1;
    alike.set(change, nth);
    const key = nth === 1 ? change : `${change} (${nth})`;
    mutants.push({ number, key, file: source.file, line: lineOf(offset), ...mutant });
    return mutant.compiles ? number : undefined;
  };
  const body = new Renderer(source, { constants, add }).render(source.ast);
  return { text: withImports(source.file, body), mutants };
}

function withImports(file, body) {
  const folder = path.posix.relative(path.posix.dirname(file), SWITCH_FOLDER);
  const guard = "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
  return `// SPDX-License-Identifier: MIT\n${body}`
    .replace(/^(pragma [^\n]*\n)/m, `$1\nimport { Mutant } from "${folder}/Mutant.sol";`)
    .replace(guard, `${folder}/ReentrancyGuardTransient.sol`);
}
