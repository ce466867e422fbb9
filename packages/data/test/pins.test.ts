import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock } from "@cortensor/runtime";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { codeOf, gather, madeBytes } from "../src/content/test/madeBytes.js";
import { CHUNK_BYTES, type ContentNode, createContentNode, type Datum } from "../src/index.js";

const GRACE_SECONDS = 100;
/** Each step is on the disk before the next, which a busy machine takes its time for. */
const SLOW_MS = 240_000;
const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cortensor-content-"));
  folders.push(folder);
  return folder;
}

const datum = (owner: string, untilSeconds: number | undefined): Datum => ({
  kind: "dataset",
  privacy: "open",
  form: "plain",
  owner,
  untilSeconds,
});

/** Three objects that share blocks: one small, two of several blocks with the same beginning. */
const OBJECTS = [
  madeBytes(900, 5),
  Buffer.concat([madeBytes(CHUNK_BYTES), madeBytes(900, 5)]),
  Buffer.concat([madeBytes(CHUNK_BYTES), madeBytes(70, 6)]),
];
const OWNERS = ["alice", "bob"];

type Step =
  | {
      readonly do: "put" | "pin";
      readonly object: number;
      readonly owner: number;
      readonly forSeconds: number | undefined;
    }
  | { readonly do: "unpin"; readonly object: number; readonly owner: number }
  | { readonly do: "collect" | "reopen" }
  | { readonly do: "wait"; readonly seconds: number };

const object = fc.nat(OBJECTS.length - 1);
const owner = fc.nat(OWNERS.length - 1);
const forSeconds = fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ do: fc.constantFrom("put" as const, "pin" as const), object, owner, forSeconds }),
    fc.record({ do: fc.constant("unpin" as const), object, owner }),
    fc.record({ do: fc.constantFrom("collect" as const, "reopen" as const) }),
    fc.record({ do: fc.constant("wait" as const), seconds: fc.integer({ min: 1, max: 200 }) }),
  ),
  { minLength: 5, maxLength: 25 },
);

/** A node, and beside it what it should hold by its owners' words alone. */
class Model {
  nowSeconds = 1_000;
  node: ContentNode | undefined;
  readonly roots: string[] = [];
  readonly #folder: string;
  readonly #pins = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async open(): Promise<ContentNode> {
    await this.node?.stop();
    const parts = { folder: this.#folder, clock: systemClock, log: silentLogger };
    this.node = await createContentNode({ ...parts, nowSeconds: () => this.nowSeconds });
    return this.node;
  }

  pinned(at: number): boolean {
    return OWNERS.some((_name, who) => (this.#pins.get(`${at}/${who}`) ?? -1) >= this.nowSeconds);
  }

  remember(at: number, who: number, until: number | undefined): void {
    const key = `${at}/${who}`;
    this.#pins.set(key, Math.max(this.#pins.get(key) ?? 0, until ?? Number.POSITIVE_INFINITY));
  }

  forget(at: number, who: number): void {
    this.#pins.delete(`${at}/${who}`);
  }

  /** What `collect` removes pins of: they don't come back when time is later set longer. */
  dropExpired(): void {
    for (const [key, until] of this.#pins) if (until < this.nowSeconds) this.#pins.delete(key);
  }
}

async function take(model: Model, node: ContentNode, step: Step): Promise<void> {
  const signal = new AbortController().signal;
  if (step.do === "wait") model.nowSeconds += step.seconds;
  if (step.do === "reopen") await model.open();
  if (step.do === "collect") {
    expect((await node.collect({ graceSeconds: GRACE_SECONDS })).kind).toBe("collected");
    model.dropExpired();
  }
  if (!("object" in step)) return;
  const { cid } = await rootOf(step.object);
  const name = OWNERS[step.owner] ?? "";
  if (step.do === "unpin") {
    await node.unpin(cid, { owner: name, kind: "dataset" });
    model.forget(step.object, step.owner);
    return;
  }
  const until = step.forSeconds === undefined ? undefined : model.nowSeconds + step.forSeconds;
  if (step.do === "put") await node.put([OBJECTS[step.object] ?? new Uint8Array(0)], datum(name, until));
  else {
    const outcome = await codeOf(node.pin(cid, { owner: name, kind: "dataset", untilSeconds: until, signal }));
    if (outcome === "CONTENT_NOT_FOUND") {
      expect(model.pinned(step.object)).toBe(false);
      return;
    }
    expect(outcome).toBe("not refused");
  }
  model.remember(step.object, step.owner, until);
}

async function rootOf(at: number) {
  const { cutObject } = await import("../src/index.js");
  return cutObject([OBJECTS[at] ?? new Uint8Array(0)], async () => undefined);
}

describe("pins", () => {
  it(
    "keep every pinned object whole, and let go of all else, whatever comes",
    async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (given) => {
          const model = new Model(await newFolder());
          await model.open();
          for (const step of given) {
            const node = model.node;
            if (node === undefined) throw new Error("a node is open");
            await take(model, node, step);
            for (const [at, bytes] of OBJECTS.entries()) {
              if (!model.pinned(at)) continue;
              const { cid } = await rootOf(at);
              const found = await gather((model.node ?? node).get(cid, { signal: new AbortController().signal }));
              expect(found.equals(Buffer.from(bytes))).toBe(true);
            }
          }
          const node = await model.open();
          model.nowSeconds += GRACE_SECONDS;
          await node.collect({ graceSeconds: GRACE_SECONDS });
          const kept = new Set<string>();
          for (const at of OBJECTS.keys()) {
            if (model.pinned(at)) for (const block of (await rootOf(at)).blocks) kept.add(block.toString());
          }
          expect(node.stat().blocks).toBe(kept.size);
          await node.stop();
        }),
        { numRuns: 12 },
      );
    },
    SLOW_MS,
  );

  it("are refused for kinds and forms that the storage map has no place for, and for owners without a name", async () => {
    const model = new Model(await newFolder());
    const node = await model.open();
    const put = (given: Partial<Datum>) => codeOf(node.put([madeBytes(9)], { ...datum("alice", undefined), ...given }));
    expect(await put({ kind: "prompt", privacy: "sealed" })).toBe("CONTENT_FORBIDDEN");
    expect(await put({ kind: "dataKey", form: "ciphertext" })).toBe("CONTENT_FORBIDDEN");
    expect(await put({ kind: "prompt", privacy: "sealed", form: "ciphertext" })).toBe("not refused");
    expect(await put({ owner: "" })).toBe("CONTENT_BAD_PIN");
    expect(await put({ owner: "two words" })).toBe("CONTENT_BAD_PIN");
    expect(await put({ owner: "a".repeat(200) })).toBe("CONTENT_BAD_PIN");
    await node.stop();
  });

  it("are refused, as puts are, when the store is full, and what was pinned stays", async () => {
    const folder = await newFolder();
    const parts = { folder, nowSeconds: () => 1, clock: systemClock, log: silentLogger, bytesMax: 16 * CHUNK_BYTES };
    const node = await createContentNode(parts);
    const first = await node.put([madeBytes(1_000)], datum("alice", undefined));
    const large = function* () {
      for (let at = 1; at <= 17; at += 1) yield madeBytes(CHUNK_BYTES, at);
    };
    expect(await codeOf(node.put(large(), datum("alice", undefined)))).toBe("CONTENT_STORE_FULL");
    expect(node.has(first.cid)).toBe(true);
    await node.stop();
  });
});
