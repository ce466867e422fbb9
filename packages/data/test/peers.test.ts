import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { codeOf, gather, madeBytes } from "../src/content/test/madeBytes.js";
import { CHUNK_BYTES, type ContentNode, createContentNode, cutObject, parseCid } from "../src/index.js";
import { endPeer, forkPeer, forkPeerProcess } from "./forkPeer.js";

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
const { signal } = new AbortController();

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cortensor-content-"));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function peer(does: "serve" | "lie", lengths: readonly number[] = []) {
  const forked = await forkPeer({ folder: await newFolder(), does, lengths });
  undo.push(() => endPeer(forked.child));
  return forked;
}

async function reader(peers: readonly string[], folder?: string): Promise<ContentNode> {
  const node = await createContentNode({
    folder: folder ?? (await newFolder()),
    nowSeconds: () => 1_000,
    clock: systemClock,
    log: silentLogger,
    peers,
  });
  undo.push(() => node.stop());
  return node;
}

async function rootOf(length: number, seed: number) {
  return (await cutObject([madeBytes(length, seed)], async () => undefined)).cid;
}

describe("peers", () => {
  it("give back every block, one of them killed in the middle of many fetches", async () => {
    const lengths = Array.from({ length: 120 }, (_, at) => (at % 40 === 39 ? 2 * CHUNK_BYTES + at : 500 + at));
    const [first, second] = [await peer("serve", lengths), await peer("serve", lengths)];
    const node = await reader([...first.addresses, ...second.addresses]);
    let done = 0;
    let killed: Promise<void> | undefined;
    const fetchOne = async (length: number, seed: number) => {
      const found = await gather(node.get(await rootOf(length, seed), { signal }));
      expect(found.equals(Buffer.from(madeBytes(length, seed)))).toBe(true);
      done += 1;
      if (done === 30) killed = endPeer(first.child);
    };
    await Promise.all(lengths.map(fetchOne));
    await killed;
    expect(done).toBe(lengths.length);
    expect(first.child.signalCode).toBe("SIGKILL");
    expect(node.stat()).toMatchObject({ lost: 0, corrupt: 0 });
  });

  it("that lie are found out and asked no more; the bytes come from another", async () => {
    const lengths = [700, 701, 702, CHUNK_BYTES + 5];
    const [liar, honest] = [await peer("lie"), await peer("serve", lengths)];
    const alone = await reader(liar.addresses);
    const refused = await alone.put([], {
      kind: "manifest",
      privacy: "open",
      form: "plain",
      owner: "x",
      untilSeconds: 1,
    });
    expect(alone.has(refused.cid)).toBe(true);
    const failure = await gather(alone.get(await rootOf(700, 0), { signal })).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      data: { code: "CONTENT_NOT_FOUND", failures: [{ why: "sent other bytes" }] },
    });
    const node = await reader([...liar.addresses, ...honest.addresses]);
    for (const [seed, length] of lengths.entries()) {
      const found = await gather(node.get(await rootOf(length, seed), { signal }));
      expect(found.equals(Buffer.from(madeBytes(length, seed)))).toBe(true);
    }
  });

  it("make a block whole that was corrupted on the disk", async () => {
    const lengths = [40_000];
    const honest = await peer("serve", lengths);
    const folder = await newFolder();
    const root = await rootOf(40_000, 0);
    const first = await reader(honest.addresses, folder);
    await first.pin(root, { owner: "me", kind: "dataset", untilSeconds: undefined, signal });
    await first.stop();
    await corrupt(join(folder, "blocks", "data.mdb"), madeBytes(40_000).subarray(1_000, 1_064));
    const lonely = await createContentNode({ folder, nowSeconds: () => 1, clock: systemClock, log: silentLogger });
    expect(await codeOf(gather(lonely.get(root, { signal })))).toBe("CONTENT_NOT_FOUND");
    expect(lonely.stat().corrupt).toBe(1);
    expect((await lonely.repair({ signal })).lost).toEqual([root.toString()]);
    await lonely.stop();
    const again = await reader(honest.addresses, folder);
    expect((await again.repair({ signal })).lost).toEqual([]);
    expect((await gather(again.get(root, { signal }))).equals(Buffer.from(madeBytes(40_000)))).toBe(true);
  });

  it("that hold nothing, or aren't there, are named in the refusal", async () => {
    const empty = await peer("serve");
    const gone = await peer("serve");
    await endPeer(gone.child);
    const node = await reader([...empty.addresses, ...gone.addresses]);
    const failure = await gather(node.get(await rootOf(10, 1), { signal })).catch((error: unknown) => error);
    expect(failure).toMatchObject({ data: { code: "CONTENT_NOT_FOUND" } });
    expect(JSON.stringify(failure)).toContain("hasn't it");
    expect(await codeOf(reader(["/ip4/127.0.0.1/tcp/1"]))).toBe("CONTENT_BAD_PEER");
    expect(await codeOf(reader(["nowhere"]))).toBe("CONTENT_BAD_PEER");
  });
});

describe("a node that lets only its own peers connect", () => {
  it("gives a stranger nothing", async () => {
    const [folder, strangers] = [await newFolder(), await newFolder()];
    const parts = { nowSeconds: () => 1_000, clock: systemClock, log: silentLogger };
    const listen = ["/ip4/127.0.0.1/tcp/0"];
    const guest = await createContentNode({ ...parts, folder: await newFolder(), listen });
    undo.push(() => guest.stop());
    const closed = await createContentNode({
      ...parts,
      folder,
      listen,
      onlyPeers: true,
      peers: guest.stat().addresses,
    });
    undo.push(() => closed.stop());
    const datum = { kind: "dataset", privacy: "open", form: "plain", owner: "me", untilSeconds: undefined } as const;
    const { cid } = await closed.put([madeBytes(77)], datum);
    const stranger = await reader(closed.stat().addresses, strangers);
    expect(await codeOf(gather(stranger.get(cid, { signal })))).toBe("CONTENT_NOT_FOUND");
    expect(closed.stat().peers).toBe(0);
  });
});

describe("a node killed while it puts, unpins and collects", () => {
  it("holds whole what it said was pinned", async () => {
    const folder = await newFolder();
    const child = forkPeerProcess({ folder, does: "churn", lengths: [300, CHUNK_BYTES + 9] });
    undo.push(() => endPeer(child));
    const pinned: string[] = [];
    await new Promise<void>((resolve) => {
      child.on("message", (said) => {
        if (typeof said === "object" && "pinned" in said && said.pinned) pinned.push(String(said.pinned));
        if (pinned.length === 12) resolve();
      });
    });
    await endPeer(child);
    const node = await createContentNode({ folder, nowSeconds: () => 1_000, clock: systemClock, log: silentLogger });
    for (const root of pinned) expect(node.pinsOf(parseCid(root))).toHaveLength(1);
    for (const { root } of node.listPins(1_000)) await gather(node.get(parseCid(root), { signal }));
    expect(node.stat()).toMatchObject({ corrupt: 0, lost: 0 });
    await node.stop();
  });
});

/** Changes each place of a file that holds these bytes. */
async function corrupt(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, "r+");
  try {
    const held = await handle.readFile();
    let places = 0;
    for (let at = held.indexOf(bytes); at >= 0; at = held.indexOf(bytes, at + 1)) {
      await handle.write(Uint8Array.of((held[at] ?? 0) ^ 1), 0, 1, at);
      places += 1;
    }
    expect(places).toBeGreaterThan(0);
  } finally {
    await handle.close();
  }
}
