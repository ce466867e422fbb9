import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { guardsDomain, type SignedAttestation } from "@cortensor/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRecordStore, type RecordStore } from "../host/index.js";
import { openSecretBook } from "./secretBook.js";
import { openSignatureBook } from "./signatureBook.js";
import { keyOf } from "./test/guardNetwork.js";
import { CHAIN_ID, GUARDS } from "./test/memoryChain.js";

const GUARD = `0x${"aa".repeat(20)}` as const;
const OTHER = `0x${"bb".repeat(20)}` as const;
const key = { subjectChainId: CHAIN_ID, kind: "results", epoch: 7 } as const;
const signed = (root: string): SignedAttestation => ({
  attestation: { ...key, root: keyOf(root) },
  signature: `0x${"12".repeat(64)}`,
});

let folder: string;
let store: RecordStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "guard-store-"));
  store = openRecordStore(folder);
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

describe("the book of signatures", () => {
  const open = (guard = GUARD, guards = GUARDS) =>
    openSignatureBook({ store, guard, domain: guardsDomain({ chainId: CHAIN_ID, guards }) });

  it("keeps the first root of a key, whoever writes another at the same time or later", async () => {
    const kept = await Promise.all([open().keep(signed("one")), open().keep(signed("two"))]);
    expect(kept[1]).toEqual(kept[0]);
    expect(await open().keep(signed("three"))).toEqual(kept[0]);
    expect(open().find(key)).toEqual(kept[0]);
  });

  it("finds it again when the store is opened anew", async () => {
    const kept = await open().keep(signed("one"));
    await store.close();
    store = openRecordStore(folder);
    expect(open().find(key)).toEqual(kept);
  });

  it("has other books of another kind, epoch, subject, contract and guard", async () => {
    await open().keep(signed("one"));
    for (const other of [{ kind: "beacon" }, { epoch: 8 }, { subjectChainId: 1 }] as const)
      expect(open().find({ ...key, ...other })).toBeUndefined();
    expect(open(GUARD, OTHER).find(key)).toBeUndefined();
    expect(open(OTHER).find(key)).toBeUndefined();
  });

  it("forgets only what is too old to be asked for", async () => {
    await open().keep(signed("one"));
    const at = (epoch: number) => ({ ...signed("late"), attestation: { ...key, epoch, root: keyOf("late") } });
    await open().keep(at(10_007));
    expect(open().find(key)).toBeDefined();
    await open().keep(at(10_008));
    expect(open().find(key)).toBeUndefined();
  });

  it("refuses a record that it didn't write so", async () => {
    await open().keep(signed("one"));
    for (const name of [...store.getKeys()]) await store.put(name, Buffer.from([1]));
    expect(() => open().find(key)).toThrow("GUARD_BAD_RECORD");
  });
});

describe("the book of secrets", () => {
  let made = 0;
  const open = () => {
    const randomBytes32 = () => keyOf(`secret ${++made}`);
    return openSecretBook({ store, guard: GUARD, chainId: CHAIN_ID, guards: GUARDS, randomBytes32 });
  };

  it("makes one secret for each epoch, and keeps it", async () => {
    const [first, same] = [await open().ensure(7), await open().ensure(7)];
    expect(same).toBe(first);
    expect(await open().ensure(8)).not.toBe(first);
    expect([open().find(7), open().find(9)]).toEqual([first, undefined]);
  });

  it("refuses a record that it didn't write so", async () => {
    await open().ensure(7);
    for (const name of [...store.getKeys()]) await store.put(name, Buffer.from([1]));
    expect(() => open().find(7)).toThrow("GUARD_BAD_RECORD");
  });
});
