import type { DutyFinding } from "@cortensor/proof";
import { type Address, type Bytes32, bytesToHex, hexToBytes, VERDICT_OUTCOMES } from "@cortensor/protocol";
import { keepFirst, keyNumber, type RecordStore, removeBelow } from "../host/index.js";
import { JudgeError } from "./judgeError.js";
import type { Sitting } from "./nextJudgeActs.js";

const WORD_BYTES = 32;
const RECORD_BYTES = 1 + WORD_BYTES + 4 + WORD_BYTES;
/** Disputes whose findings are kept, the newest. */
const DISPUTES_KEPT = 4_096;

/** What a judge found, with the salt that its verdict is committed to by. */
export type CaseFinding = DutyFinding & { readonly salt: Bytes32 };

type Place = { readonly number: number; readonly sitting: Sitting };

/** What a judge must not forget: it is on the disk before anybody hears of it. */
export type FindingBook = {
  find(place: Place): CaseFinding | undefined;
  /** What an earlier sitting of the same dispute found to the bit: it needn't be made again. */
  findDecided(number: number): CaseFinding | undefined;
  /** Keeps a finding unless the sitting has one; gives the one that stands. */
  keep(place: Place, finding: CaseFinding): Promise<CaseFinding>;
  /** Whether it has shown, or voted. */
  hasSpoken(place: Place): boolean;
  markSpoken(place: Place): Promise<void>;
};

const SITTINGS: readonly Sitting[] = ["round 1", "round 2", "round 3", "jury", "second jury", "own"];

/** Opens the book of one judge and one network, named by a contract of it, in a store. */
export function openFindingBook(parts: {
  readonly store: RecordStore;
  readonly judge: Address;
  readonly chainId: number;
  readonly guards: Address;
}): FindingBook {
  const { store } = parts;
  const prefixOf = (what: string): string => `${what}.${parts.judge}.${parts.chainId}.${parts.guards}.`;
  const keyOf = (what: string, { number, sitting }: Place): string =>
    `${prefixOf(what)}${keyNumber(number)}.${sitting}`;
  const find = (place: Place): CaseFinding | undefined => {
    const record = store.get(keyOf("finding", place));
    return record === undefined ? undefined : decodeFinding(record, place.number);
  };
  return {
    find,
    findDecided: (number) => {
      const found = SITTINGS.map((sitting) => find({ number, sitting }));
      return found.find((one) => one?.outcome === "passed" || one?.outcome === "failed");
    },
    keep: async (place, finding) => {
      const kept = await keepFirst(store, keyOf("finding", place), encodeFinding(finding));
      const before = Math.max(0, place.number - DISPUTES_KEPT);
      for (const what of ["finding", "spoken"]) await removeBelow(store, prefixOf(what), before);
      return decodeFinding(kept, place.number);
    },
    hasSpoken: (place) => store.get(keyOf("spoken", place)) !== undefined,
    markSpoken: async (place) => void (await keepFirst(store, keyOf("spoken", place), Uint8Array.of(1))),
  };
}

function encodeFinding({ outcome, stats, firstDiff, salt }: CaseFinding): Uint8Array {
  const record = Buffer.alloc(RECORD_BYTES);
  record.writeUInt8(VERDICT_OUTCOMES.indexOf(outcome), 0);
  record.set(hexToBytes(stats), 1);
  record.writeUInt32BE(firstDiff, 1 + WORD_BYTES);
  record.set(hexToBytes(salt), 1 + WORD_BYTES + 4);
  return record;
}

function decodeFinding(record: Buffer, number: number): CaseFinding {
  const outcome = VERDICT_OUTCOMES[record.length === RECORD_BYTES ? record.readUInt8(0) : -1];
  if (outcome === undefined) throw new JudgeError({ code: "JUDGE_BAD_RECORD", number });
  return {
    outcome,
    stats: bytesToHex(record.subarray(1, 1 + WORD_BYTES)),
    firstDiff: record.readUInt32BE(1 + WORD_BYTES),
    salt: bytesToHex(record.subarray(1 + WORD_BYTES + 4)),
  };
}
