import fc from "fast-check";
import { bytesToHex, keccak256, utf8ToBytes } from "../../bytes.js";
import type { Address, Bytes32 } from "../../primitives.js";
import { setEntryId } from "../../settlementSet.js";
import { placeOf } from "../workCodec.js";
import {
  WORK_FAILURES,
  WORK_OUTCOMES,
  type WorkPart,
  type WorkRecord,
  type WorkTask,
  type WorkWord,
} from "../workRecord.js";

export const word = (name: string): Bytes32 => keccak256(utf8ToBytes(name));
export const addressOf = (name: string): Address => `0x${word(name).slice(26)}`;

export const LANE = addressOf("lane");
export const HEAD = { chainId: 31_337, lane: LANE, epoch: 7 };
export const MINER = addressOf("miner");
export const MODEL = word("model");
export const CLASS = word("class");

export const taskIdOf = (number: number): Bytes32 => word(`task ${number}`);
export const idOf = (number: number): Bytes32 => setEntryId(taskIdOf(number));

export function aPart(of: Partial<WorkPart> = {}): WorkPart {
  const made = { nIn: 20, nOut: 101, tFirstMs: 100, tTotalMs: 1_100 };
  return { replica: 0, segment: 0, miner: MINER, kernelClass: CLASS, outcome: "delivered", ...made, ...of };
}

export function aTask(number: number, of: Partial<WorkTask> = {}): WorkTask {
  return { id: idOf(number), modelId: MODEL, isSeeded: false, hasBegun: true, parts: [aPart()], ...of };
}

/** A word that is well-formed, and that nobody signed. */
export function wordOf(number: number, signer: Address = MINER): WorkWord {
  const batch = { root: word("root"), count: 2, sequence: 1 };
  const proof = { batch, signer, signature: `0x${"11".repeat(64)}1b`, path: [word("sibling")] } as const;
  return { taskId: taskIdOf(number), position: 0, tokenRoot: word("tokens"), proof };
}

const hexOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(bytesToHex);
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const anyPart: fc.Arbitrary<WorkPart> = fc
  .record({
    replica: fc.nat(6),
    segment: fc.nat(63),
    miner: fc.constantFrom(...["a", "b", "c"].map(addressOf)),
    kernelClass: fc.constantFrom(word("x"), word("y")),
    outcome: fc.constantFrom(...WORK_OUTCOMES),
    nIn: uint32,
    nOut: uint32,
    tFirstMs: uint32,
    tTotalMs: uint32,
    hasWord: fc.boolean(),
    number: fc.nat(9),
  })
  .map(({ hasWord, number, ...part }) =>
    hasWord && WORK_FAILURES.has(part.outcome) ? { ...part, word: wordOf(number, part.miner) } : part,
  );
const anyTask: fc.Arbitrary<WorkTask> = fc.record({
  id: hexOf(32),
  modelId: fc.constantFrom(word("m"), word("n")),
  isSeeded: fc.boolean(),
  hasBegun: fc.boolean(),
  parts: fc
    .uniqueArray(anyPart, { selector: placeOf, maxLength: 4 })
    .map((parts) => parts.sort((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1))),
});

export const anyRecord: fc.Arbitrary<WorkRecord> = fc
  .record({
    begun: fc.uniqueArray(hexOf(32), { maxLength: 6 }),
    ended: fc.uniqueArray(anyTask, { selector: ({ id }) => id, maxLength: 8 }),
  })
  .map(({ begun, ended }) => ({
    ...HEAD,
    begun: begun.sort(),
    ended: ended.sort((left, right) => (left.id < right.id ? -1 : 1)),
  }));
