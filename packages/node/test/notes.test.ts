import { createMemoryBooks } from "@cortensor/books";
import {
  findSplits,
  hashCreditNote,
  netWei,
  type ReceiptDocument,
  registryDomain,
  splitsHash,
  splitsOf,
} from "@cortensor/protocol";
import { createMetrics, systemClock } from "@cortensor/runtime";
import type { Link, NoteNotice } from "@cortensor/wire";
import { afterEach, describe, expect, it } from "vitest";
import { createBatchVerifier, createSignatureCounter } from "../src/index.js";
import { PROFILE } from "./fakeChain.js";
import { honest, type RawMiner, startRawMiner } from "./rawMiner.js";
import {
  aRequest,
  ask,
  OPERATOR,
  receiptOf,
  startTestRouter,
  type TestRouter,
  tearDown,
  until,
} from "./testNetwork.js";

afterEach(tearDown);

const NAME = "miner";
const verifier = createBatchVerifier({
  domain: registryDomain({ chainId: PROFILE.chainId, registry: PROFILE.addresses.registry }),
  signatures: createSignatureCounter(createMetrics()),
});

/** A miner that answers with forty tokens, and the notes that come to it. */
async function joinMiner(router: TestRouter): Promise<{ miner: RawMiner; notes: NoteNotice[] }> {
  const notes: NoteNotice[] = [];
  const miner = await startRawMiner(router, { name: NAME, onTask: honest(40) });
  listen(miner.link, notes);
  return { miner, notes };
}

function listen(link: Link, notes: NoteNotice[]): void {
  link.onNotice("note", (notice) => notes.push(notice));
}

async function askAll(router: TestRouter, questions: readonly string[]): Promise<readonly ReceiptDocument[]> {
  const answers = await Promise.all(questions.map((text) => ask(router, aRequest(router, text))));
  return Promise.all(answers.map(({ taskId }) => receiptOf(router, taskId)));
}

function netsOf(receipts: readonly ReceiptDocument[]): bigint {
  const splits = findSplits(splitsHash(splitsOf({ sessionClass: "unvalidated", hasModelOwner: false })));
  if (splits === undefined) throw new Error("no splits");
  return receipts.flatMap(({ payees }) => payees).reduce((sum, { wei }) => sum + netWei(wei, splits), 0n);
}

async function noteOver(notes: readonly NoteNotice[], count: number): Promise<NoteNotice> {
  await until(() => notes.some(({ note }) => note.count === count));
  const notice = notes.findLast(({ note }) => note.count === count);
  if (notice === undefined) throw new Error("the note went away");
  return notice;
}

describe("a router's credit notes", () => {
  it("promise a miner in one signed leaf what all of its receipts pay it, net", async () => {
    const router = await startTestRouter();
    const { miner, notes } = await joinMiner(router);
    const receipts = [...(await askAll(router, ["one", "two"])), ...(await askAll(router, ["three", "four", "five"]))];
    const { note, proof } = await noteOver(notes, 5);
    const [status] = await router.books.payeeStatus([miner.address]);
    expect(note).toMatchObject({ operator: OPERATOR, payee: miner.address, cumulativeWei: netsOf(receipts), count: 5 });
    expect(status).toMatchObject({ receiptsRoot: note.receiptsRoot, cumulativeWei: note.cumulativeWei });
    expect(verifier.isProven(hashCreditNote(note), proof, router.identity.signer.address)).toBe(true);
    const counts = notes.map((one) => one.note.count);
    expect(counts).toEqual([...new Set(counts)].sort((left, right) => left - right));
  });

  it("are made again from the books when a miner comes to a router that never made them", async () => {
    const books = createMemoryBooks({ lane: OPERATOR, clock: systemClock });
    const first = await startTestRouter({ books });
    const { notes, miner } = await joinMiner(first);
    await askAll(first, ["one"]);
    const before = await noteOver(notes, 1);
    miner.link.close("done");
    const second = await startTestRouter({ name: "second router", books });
    const again = await joinMiner(second);
    const { note, proof } = await noteOver(again.notes, 1);
    expect({ ...note, epoch: 0 }).toEqual({ ...before.note, epoch: 0 });
    expect(proof.signer).toBe(second.identity.signer.address);
    expect(verifier.isProven(hashCreditNote(note), proof, second.identity.signer.address)).toBe(true);
  });
});
