import { createMemoryBooks, type WorkNote } from "@cortensor/books";
import { decodeWorkRecord, keccak256, setEntryId, utf8ToBytes, type WorkWord } from "@cortensor/protocol";
import { createManualClock, silentLogger } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import type { SeenPart } from "./seenPart.js";
import { type EndedTask, WAITING_MAX, WorkDesk } from "./workDesk.js";

const LANE = `0x${"11".repeat(20)}` as const;
const MINER = `0x${"22".repeat(20)}` as const;
const CHAIN = 31_337;
const word = (name: string) => keccak256(utf8ToBytes(name));

function aPart(of: Partial<SeenPart> = {}): SeenPart {
  const made = { nIn: 3, nOut: 20, tFirstMs: 5, tTotalMs: 50 };
  const part = { replica: 0, segment: 0, miner: MINER, kernelClass: word("class"), outcome: "delivered" as const };
  return { ...part, ...made, word: () => undefined, ...of };
}

function aTask(name: string, parts: readonly SeenPart[] = [aPart()]): EndedTask {
  return { taskId: word(name), modelId: word("model"), isSeeded: false, parts };
}

function setUp() {
  const clock = createManualClock(1_000_000);
  const books = createMemoryBooks({ lane: LANE, clock });
  const failing: { error: Error | undefined } = { error: undefined };
  const notes: WorkNote[] = [];
  const errors: string[] = [];
  const log = { ...silentLogger, error: (message: string) => void errors.push(message) };
  const noteWork = async (note: WorkNote) => {
    await books.noteWork(note);
    notes.push(note);
    if (failing.error !== undefined) throw failing.error;
  };
  const desk = new WorkDesk({
    ...{ books: { noteWork }, writer: word("writer"), chainId: CHAIN, lane: LANE, clock, log },
  });
  const record = async () => {
    const sealed = await books.sealWork({ chainId: CHAIN, epoch: 7 });
    return decodeWorkRecord(sealed?.bytes ?? new Uint8Array());
  };
  return { clock, desk, record, failing, notes, errors };
}

describe("what a router notes of its tasks", () => {
  it("is when they begin, and how they ended, once their miners' last words may have come", async () => {
    const { clock, desk, record } = setUp();
    desk.begin(word("one"));
    desk.begin(word("two"));
    desk.end(aTask("one"));
    await desk.round();
    await clock.advance(1_000);
    await desk.round();
    const { begun, ended, lane } = await record();
    expect([begun, lane]).toEqual([[setEntryId(word("two"))], LANE]);
    expect(ended.map(({ id, hasBegun }) => [id, hasBegun])).toEqual([[setEntryId(word("one")), true]]);
  });

  it("has a miner's word on a failure alone, as it is by then", async () => {
    const { clock, desk, record } = setUp();
    const proof = { batch: { root: word("r"), count: 1, sequence: 1 }, signer: MINER, path: [] };
    const said: WorkWord = {
      ...{ taskId: word("one"), position: 0, tokenRoot: word("none") },
      proof: { ...proof, signature: `0x${"11".repeat(65)}` },
    };
    let signed: WorkWord | undefined;
    const late = aPart({ outcome: "died", word: () => signed });
    desk.end(aTask("one", [aPart({ segment: 1, word: () => said }), late]));
    signed = said;
    await clock.advance(1_000);
    await desk.round();
    const [task] = (await record()).ended;
    expect(task?.parts.map((part) => [part.outcome, part.word])).toEqual([
      ["died", said],
      ["delivered", undefined],
    ]);
  });

  it("says once that too many wait, however many end after that", () => {
    const { desk, errors } = setUp();
    const task = aTask("the same");
    for (let count = 0; count < WAITING_MAX + 3; count += 1) {
      desk.begin(task.taskId);
      desk.end(task);
    }
    expect(errors).toHaveLength(1);
  });

  it("is written once when nobody knows whether it was", async () => {
    const { clock, desk, record, failing, notes } = setUp();
    desk.end(aTask("one"));
    await clock.advance(1_000);
    failing.error = new Error("the connection broke");
    await expect(desk.round()).rejects.toThrow("the connection broke");
    failing.error = undefined;
    desk.end(aTask("two"));
    await desk.drain();
    expect(notes.map(({ number }) => number)).toEqual([0, 0, 1]);
    expect((await record()).ended).toHaveLength(2);
  });
});
