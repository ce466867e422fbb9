import { type Books, createMemoryBooks } from "@cortensor/books";
import { type BatchProof, type Bytes32, keccak256, utf8ToBytes } from "@cortensor/protocol";
import { createManualClock, silentLogger } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import { ProofDesk, WAITING_MAX } from "./proofDesk.js";

const wordOf = (name: string): Bytes32 => keccak256(utf8ToBytes(name));
const PROOF: BatchProof = {
  ...{ batch: { root: wordOf("batch"), count: 1, sequence: 0 }, path: [] },
  ...{ signer: `0x${"11".repeat(20)}`, signature: `0x${"22".repeat(65)}` },
};

/** A desk before books that can be made to wait, and what it says of what it lost. */
function aDesk() {
  const clock = createManualClock(0);
  const books = createMemoryBooks({ lane: `0x${"33".repeat(20)}`, clock });
  const lost: unknown[] = [];
  let letGo = (): void => undefined;
  const away = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const keepProofs: Books["keepProofs"] = async (proofs, atMs) => {
    await away;
    return books.keepProofs(proofs, atMs);
  };
  const log = { ...silentLogger, error: (_said: string, data?: unknown) => void lost.push(data) };
  return { desk: new ProofDesk({ books: { ...books, keepProofs }, clock, log }), lost, letGo };
}

describe("where miners signed their results", () => {
  it("is found before it is written, and afterwards", async () => {
    const { desk, letGo } = aDesk();
    const of = { result: wordOf("result"), taskId: wordOf("task") };
    desk.keep(of, PROOF);
    const writing = desk.round();
    expect(await desk.find([of.result, wordOf("another")])).toEqual([{ ...of, proof: PROOF }]);
    letGo();
    await writing;
    expect(await desk.find([of.result])).toEqual([{ ...of, proof: PROOF }]);
  });

  it("waits for the database up to a bound, however long that is away, and what is lost is said once", async () => {
    const { desk, lost, letGo } = aDesk();
    const of = (name: string) => ({ result: wordOf(name), taskId: wordOf("task") });
    desk.keep(of("first"), PROOF);
    const writing = desk.round();
    for (let more = 1; more < WAITING_MAX; more += 1) desk.keep({ ...of("first") }, PROOF);
    desk.keep(of("beyond"), PROOF);
    letGo();
    await writing;
    await desk.drain();
    await desk.drain();
    expect(lost).toEqual([{ lost: 1 }]);
    expect(await desk.find([of("first").result, of("beyond").result])).toEqual([{ ...of("first"), proof: PROOF }]);
  });
});
