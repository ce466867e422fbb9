import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addressOfPrivateKey,
  type Bytes32,
  decodeVerdictDocument,
  encodeOutcomes,
  guardsDomain,
  keccak256,
  NO_DIFF,
  signVerdict,
  utf8ToBytes,
  type VerdictOutcome,
  verdictDocumentCid,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRecordStore, type RecordStore } from "../host/index.js";
import { type DutyBook, openDutyBook } from "./dutyBook.js";

const KEY = keccak256(utf8ToBytes("validator"));
const GUARDS = `0x${"c0".repeat(20)}` as const;
const NETWORK = { validator: addressOfPrivateKey(KEY), chainId: 31_337, guards: GUARDS };
const wordOf = (name: string): Bytes32 => keccak256(utf8ToBytes(name));
const aVerdict = (task: string, outcome: VerdictOutcome = "passed") =>
  signVerdict(
    guardsDomain(NETWORK),
    { taskId: wordOf(task), tier: 1, outcome, stats: ZERO_BYTES32, firstDiff: NO_DIFF, salt: wordOf("salt") },
    KEY,
  );

let folder: string;
let store: RecordStore;
let made = 0;
const open = (changes: Partial<typeof NETWORK> = {}): DutyBook =>
  openDutyBook({
    store,
    ...NETWORK,
    ...changes,
    randomBytes32: () => {
      made += 1;
      return wordOf(`secret ${made}`);
    },
  });
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "duties-"));
  store = openRecordStore(folder);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

describe("a validator's book", () => {
  it("has one secret for each epoch, the same after a restart, and none of another network's", async () => {
    const secret = await open().ensureSecret(7);
    expect(await open().ensureSecret(7)).toBe(secret);
    expect(open().findSecret(7)).toBe(secret);
    expect(await open().ensureSecret(8)).not.toBe(secret);
    expect(open({ chainId: 1 }).findSecret(7)).toBeUndefined();
  });

  it("keeps the first verdict on a task", async () => {
    const book = open();
    const first = await book.keepVerdict(7, aVerdict("a"));
    expect(await book.keepVerdict(7, aVerdict("a", "failed"))).toEqual(first);
    expect(open().findVerdict({ epoch: 7, taskId: wordOf("a") })).toEqual(first);
    expect(book.findVerdict({ epoch: 8, taskId: wordOf("a") })).toBeUndefined();
  });

  it("keeps the first document of an epoch with its outcomes, and finds it by its hash", async () => {
    const book = open();
    const { chainId, validator } = NETWORK;
    const document = { chainId, epoch: 7, validator, verdicts: [aVerdict("a")] };
    const committed = await book.keepDocument(document, encodeOutcomes(["passed"]));
    const other = { ...document, verdicts: [aVerdict("b")] };
    expect(await book.keepDocument(other, encodeOutcomes(["failed"]))).toEqual(committed);
    expect(open().findCommitted(7)).toEqual(committed);
    const found = open().findDocument(committed.documentCid);
    if (found === undefined) throw new Error("the document is there");
    expect([found.epoch, verdictDocumentCid(found.bytes)]).toEqual([7, committed.documentCid]);
    expect(decodeVerdictDocument(found.bytes)).toEqual(document);
    expect(book.findDocument(wordOf("no document"))).toBeUndefined();
    expect(book.findCommitted(8)).toBeUndefined();
  });

  it("refuses a secret that it didn't write", async () => {
    await open().ensureSecret(7);
    const [key] = [...store.getKeys({ start: "secret.", end: "secret/" })];
    await store.put(key ?? "", Buffer.from([1]));
    expect(() => open().findSecret(7)).toThrow(expect.objectContaining({ code: "VALIDATOR_BAD_RECORD" }));
  });
});
