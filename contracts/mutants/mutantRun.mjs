import { spawnSync } from "node:child_process";
import path from "node:path";
import { foundryBinary } from "../../tools/foundryBinary.mjs";
import { roomOf } from "./moneySources.mjs";
import { tryMutant } from "./tryMutant.mjs";
import { layOut, openRoom } from "./workshop.mjs";

/** As many as the machine that this is meant for has cores. */
const AT_ONCE = 2;

/**
 * Lays out and builds the scratch copy, and beside it a room for each folder of tests, with those alone.
 * @param {{ root: string, folder: string, isWanted?: (file: string) => boolean, money?: readonly string[] }} options
 */
export function openRun(options) {
  const { root, folder } = options;
  const whole = path.join(folder, "whole");
  const mutants = layOut({ ...options, folder: whole });
  const tools = { forge: foundryBinary("forge"), solc: path.join(root, "tools/forge/solc") };
  const env = { ...process.env, FOUNDRY_CONFIG: path.join(whole, "contracts/foundry.toml"), FOUNDRY_SOLC: tools.solc };
  const built = spawnSync(tools.forge, ["build", "--root", whole, "--quiet"], { cwd: whole, env, encoding: "utf8" });
  if (built.status !== 0) throw new Error(`The mutants don't compile:\n${built.stdout}${built.stderr}`);
  const rooms = new Map([...new Set(mutants.map(roomOf))].map((name) => [name, openRoom({ folder, whole, name })]));
  return {
    mutants,
    tryOne: (mutant) => tryMutant({ ...tools, rooms: [rooms.get(roomOf(mutant)), whole], number: mutant.number }),
    tryNone: () => tryMutant({ ...tools, rooms: [whole], number: 0 }),
  };
}

/**
 * Gives each mutant its verdict, two at a time.
 * @param {{ key: string, number: number, compiles: boolean }[]} mutants
 * @param {{ tryOne: (mutant: object) => Promise<object>, find?: (key: string) => object | undefined, note?: (verdict: object) => void }} parts
 * `find`: what is known already; `note`: is told each new verdict.
 */
export async function tryAll(mutants, { tryOne, find = () => undefined, note = () => undefined }) {
  const [queue, verdicts] = [[...mutants], []];
  const worker = async () => {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const { compiles, key, operator, line } = mutant;
      const known = find(key);
      const { verdict, by, in: file } = known ?? (compiles ? await tryOne(mutant) : { verdict: "notCompiled" });
      const found = { key, operator, line, verdict, by, in: file };
      if (known === undefined) note(found);
      verdicts.push(found);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return verdicts;
}

/** How many were killed (passed), are undecided (failed), survived, or can't be compiled. */
export function tally(verdicts) {
  const count = (verdict) => verdicts.filter((each) => each.verdict === verdict).length;
  const [passed, failed] = [count("killed"), count("undecided")];
  return { passed, failed, survived: count("survived"), notCompiled: count("notCompiled") };
}
