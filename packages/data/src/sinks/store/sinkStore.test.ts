import { connectDatabase, Secret } from "@cortensor/runtime";
import fc from "fast-check";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NOW_MS, word } from "../compliance/makers.js";
import { startTestPostgres, type TestPostgres } from "../compliance/startTestPostgres.js";
import { nameOfTarget } from "../target/sinkTarget.js";
import { createMemorySinkStore } from "./createMemorySinkStore.js";
import { createPostgresSinkStore } from "./createPostgresSinkStore.js";
import type { KeptTarget, SinkStore, SinkTaskDraft } from "./sinkStore.js";
import { createSinkVault } from "./sinkVault.js";

let server: TestPostgres;
let pool: pg.Pool;
beforeAll(async () => {
  server = await startTestPostgres();
  pool = connectDatabase({ url: await server.create(), max: 2 });
});
afterAll(async () => {
  await pool.end();
  await server.stop();
});

const stores: readonly (readonly [string, () => Promise<SinkStore>])[] = [
  ["in memory", async () => createMemorySinkStore()],
  ["in Postgres", () => createPostgresSinkStore({ pool })],
];

function aTarget(tag: string, over: Partial<KeptTarget> = {}): KeptTarget {
  const sealed = Uint8Array.of(1, 2, 3);
  return { session: word(tag), account: 7, kind: "sqlite", name: "sqlite a.db", sealed, setAtMs: NOW_MS, ...over };
}

function aTaskDraft(tag: string, keptAtMs: number): SinkTaskDraft {
  const content = { kind: "whole", promptKind: "text", prompt: "a\0b", result: "\ud800 – 数" } as const;
  const texts = { model: "tiny", content, askedAtMs: NOW_MS, answeredAtMs: NOW_MS + 1 };
  return { ...texts, taskId: word(tag), session: word("session"), keptAtMs };
}

describe.each(stores)("a store of sinks %s", (_where, open) => {
  it("keeps a session's target, its next in its place, and lets go of it once", async () => {
    const store = await open();
    await store.put(aTarget("one"));
    await store.put(aTarget("two", { kind: "webhook", account: 4_294_967_295 }));
    const before = await store.revision();
    expect(await store.revision()).toBe(before);
    await store.put(aTarget("one", { name: "sqlite b.db" }));
    const between = await store.revision();
    const targets = [...(await store.targets())].sort((left, right) => left.version - right.version);
    expect(targets.map(({ version: _version, ...target }) => target)).toEqual([
      aTarget("two", { kind: "webhook", account: 4_294_967_295 }),
      aTarget("one", { name: "sqlite b.db" }),
    ]);
    expect(await store.remove(word("one"))).toBe(true);
    expect(await store.remove(word("one"))).toBe(false);
    expect(new Set([before, between, await store.revision()]).size).toBe(3);
    await store.remove(word("two"));
    expect(await store.targets()).toEqual([]);
  });

  it("keeps the first draft of a task, whatever its texts hold, until it is dropped", async () => {
    const store = await open();
    const [late, early] = [aTaskDraft("late", NOW_MS + 9), aTaskDraft("early", NOW_MS)];
    await store.keep([]);
    await store.keep([late, early]);
    await store.keep([{ ...late, content: { kind: "lost" } }]);
    expect(await store.draftsOf([late.taskId, word("never")])).toEqual([late]);
    expect(await store.draftsBefore(NOW_MS + 10, 9)).toEqual([early, late]);
    expect(await store.draftsBefore(NOW_MS + 9, 9)).toEqual([early]);
    expect(await store.draftsBefore(NOW_MS + 10, 1)).toEqual([early]);
    await store.drop([early.taskId, late.taskId]);
    expect(await store.draftsBefore(NOW_MS + 10, 9)).toEqual([]);
  });
});

describe("a vault of targets", () => {
  const url = "postgres://me:hunter2@db.example.com/answers";
  const vault = createSinkVault(new Secret(new Uint8Array(32).fill(7)));
  const session = word("session");

  it("gives a session's target back, and to a reader of the database nothing of it", () => {
    const sealed = vault.seal(session, url);
    expect(nameOfTarget(vault.open({ session, name: "n", sealed }))).toBe("postgres db.example.com:5432/answers");
    for (const word of ["hunter2", "example", "me:"]) expect(Buffer.from(sealed).includes(word)).toBe(false);
    expect(vault.seal(session, url)).not.toEqual(sealed);
  });

  it("opens nothing under another key or for another session, nor what was changed or cut", () => {
    const sealed = vault.seal(session, url);
    const refused = expect.objectContaining({ code: "SINK_TARGET_LOCKED" });
    const other = createSinkVault(new Secret(new Uint8Array(32).fill(8)));
    expect(() => other.open({ session, name: "n", sealed })).toThrow(refused);
    expect(() => vault.open({ session: word("other"), name: "n", sealed })).toThrow(refused);
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Uint8Array.from(sealed, (byte, index) => (index === at ? byte ^ change : byte));
        expect(() => vault.open({ session, name: "n", sealed: changed })).toThrow(refused);
        expect(() => vault.open({ session, name: "n", sealed: sealed.subarray(0, at) })).toThrow(refused);
      }),
    );
  });
});
