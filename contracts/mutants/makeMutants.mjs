import { callConstants, findConstants } from "./findConstants.mjs";
import { MONEY_SOURCES } from "./moneySources.mjs";
import { readSources } from "./readSources.mjs";
import { switchSource } from "./switchSource.mjs";

/**
 * Every mutant of the money contracts, and the Solidity files that hold them all, each behind its switch.
 * @param {string} root Folder of the repository. The compiler must be installed.
 * @returns {{ mutants: object[], files: Map<string, string> }} Mutants in order, numbered from 1; files by path below the root.
 */
export function makeMutants(root, money = Object.keys(MONEY_SOURCES)) {
  const sources = readSources(root);
  const switched = money.map((name) => `contracts/src/${name}`);
  const constants = findConstants(sources, switched);
  const [mutants, files] = [[], new Map()];
  for (const [file, source] of sources) {
    if (!switched.includes(file)) {
      files.set(file, callConstants(source, constants));
      continue;
    }
    const made = switchSource({ file, ...source }, { constants, firstNumber: mutants.length + 1 });
    mutants.push(...made.mutants);
    files.set(file, made.text);
  }
  return { mutants, files };
}
