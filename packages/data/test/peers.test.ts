import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesToHex, CodedError, sha256Bytes } from "@cortensor/protocol";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { codeOf, gather, madeBytes } from "../src/content/test/madeBytes.js";
import { CHUNK_BYTES, type ContentNode, createContentNode, cutObject, parseCid } from "../src/index.js";
import { endPeer, type ForkedPeer, forkPeer, forkPeerProcess } from "./forkPeer.js";

/** Starting a process and its libraries takes a busy machine most of a minute. */
const SLOW_MS = 240_000;
/** What both peers that serve hold: small objects, and some of several blocks. */
const LENGTHS = Array.from({ length: 120 }, (_, at) => (at % 40 === 39 ? 2 * CHUNK_BYTES + at : 500 + at));
const { signal } = new AbortController();

type Peers = { readonly [Name in "victim" | "steady" | "liar" | "empty"]: ForkedPeer };
let peers: Peers;
const folders: string[] = [];
beforeAll(async () => {
  const fork = async (does: "serve" | "lie", lengths: readonly number[]) =>
    forkPeer({ folder: await newFolder(), does, lengths });
  const starting = [fork("serve", LENGTHS), fork("serve", LENGTHS), fork("lie", []), fork("serve", [])] as const;
  const [victim, steady, liar, empty] = await Promise.all(starting);
  peers = { victim, steady, liar, empty };
}, SLOW_MS);
afterAll(async () => {
  await Promise.all(Object.values(peers).map(({ child }) => endPeer(child)));
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cortensor-content-"));
  folders.push(folder);
  return folder;
}

async function reader(addresses: readonly string[], folder?: string): Promise<ContentNode> {
  const node = await createContentNode({
    folder: folder ?? (await newFolder()),
    nowSeconds: () => 1_000,
    clock: systemClock,
    log: silentLogger,
    peers: addresses,
  });
  undo.push(() => node.stop());
  return node;
}

async function rootOf(length: number, seed: number) {
  return (await cutObject([madeBytes(length, seed)], async () => undefined)).cid;
}

describe("peers", () => {
  it("that lie are found out and asked no more; the bytes come from another", async () => {
    const { liar, steady } = peers;
    const alone = await reader(liar.addresses);
    const failure = await gather(alone.get(await rootOf(500, 0), { signal })).catch((error: unknown) => error);
    expect(failure).toMatchObject({ data: { code: "CONTENT_NOT_FOUND", failures: [{ why: "sent other bytes" }] } });
    const again = await gather(alone.get(await rootOf(501, 1), { signal })).catch((error: unknown) => error);
    expect(again).toMatchObject({ data: { code: "CONTENT_NOT_FOUND", failures: [] } });
    const node = await reader([...liar.addresses, ...steady.addresses]);
    for (const seed of [0, 1, 2, 39]) await expectWhole(node, seed);
  });

  it("make a block whole that was corrupted on the disk", async () => {
    const { steady } = peers;
    const folder = await newFolder();
    const [length = 0] = LENGTHS;
    const root = await rootOf(length, 0);
    const first = await reader(steady.addresses, folder);
    await first.pin(root, { owner: "me", kind: "dataset", untilSeconds: undefined, signal });
    await first.stop();
    await corrupt(join(folder, "blocks", "data.mdb"), madeBytes(length).subarray(100, 300));
    const lonely = await createContentNode({ folder, nowSeconds: () => 1, clock: systemClock, log: silentLogger });
    expect(await codeOf(gather(lonely.get(root, { signal })))).toBe("CONTENT_NOT_FOUND");
    expect(lonely.stat().corrupt).toBe(1);
    expect((await lonely.repair({ signal })).lost).toEqual([root.toString()]);
    await lonely.stop();
    const again = await reader(steady.addresses, folder);
    expect((await again.repair({ signal })).lost).toEqual([]);
    await expectWhole(again, 0);
  });

  it("give back every block, one of them killed in the middle of many fetches", async () => {
    const { victim, steady } = peers;
    const node = await reader([...victim.addresses, ...steady.addresses]);
    let done = 0;
    let killed: Promise<void> | undefined;
    const fetchOne = async (seed: number) => {
      await expectWhole(node, seed);
      done += 1;
      if (done === 30) killed = endPeer(victim.child);
    };
    await Promise.all(LENGTHS.map((_, seed) => fetchOne(seed)));
    await killed;
    expect(done).toBe(LENGTHS.length);
    expect(victim.child.signalCode).toBe("SIGKILL");
    expect(node.stat()).toMatchObject({ lost: 0, corrupt: 0 });
  });

  it("that hold nothing, or aren't there, are named in the refusal", async () => {
    const { empty, victim } = peers;
    await endPeer(victim.child);
    const node = await reader([...empty.addresses, ...victim.addresses]);
    const failure = await gather(node.get(await rootOf(10, 1), { signal })).catch((error: unknown) => error);
    expect(failure).toMatchObject({ data: { code: "CONTENT_NOT_FOUND" } });
    if (!(failure instanceof CodedError)) throw new Error("a coded error is due");
    const said = JSON.stringify(failure.data);
    for (const { addresses } of [empty, victim]) expect(said).toContain(addresses[0]?.split("/").at(-1));
    expect(said).toContain("hasn't it");
    expect(await codeOf(reader(["/ip4/127.0.0.1/tcp/1"]))).toBe("CONTENT_BAD_PEER");
    expect(await codeOf(reader(["nowhere"]))).toBe("CONTENT_BAD_PEER");
  });
});

describe("names", () => {
  it("find an object of several blocks by its SHA-256 where peers know its root, and never other bytes", async () => {
    const { steady, liar } = peers;
    const node = await reader([...liar.addresses, ...steady.addresses]);
    const large = madeBytes(LENGTHS[39] ?? 0, 39);
    const within = { bytesMax: large.length, signal };
    const sha256 = bytesToHex(sha256Bytes(large));
    expect(Buffer.from((await node.findWhole(sha256, within)) ?? []).equals(Buffer.from(large))).toBe(true);
    expect(await node.findWhole(sha256, { ...within, bytesMax: large.length - 1 })).toBeUndefined();
    expect(await node.findWhole(`0x${"9".repeat(64)}`, within)).toBeUndefined();
  });

  it("that aren't of the bytes are told to the peers that were named alone, and go with their object", async () => {
    const guestFolder = await newFolder();
    const listen = ["/ip4/127.0.0.1/tcp/0"];
    const parts = { clock: systemClock, log: silentLogger };
    // Once, so that its peers can name it.
    const first = await createContentNode({ ...parts, nowSeconds: () => 1_000, folder: guestFolder, listen });
    const { addresses: guests } = first.stat();
    await first.stop();
    let nowSeconds = 1_000;
    const [folder, name] = [await newFolder(), `0x${"b0".repeat(32)}` as const];
    const host = await createContentNode({ ...parts, nowSeconds: () => nowSeconds, folder, listen, peers: guests });
    undo.push(() => host.stop());
    const datum = {
      kind: "segmentBody",
      privacy: "open",
      form: "plain",
      owner: "me",
      name,
      untilSeconds: 2_000,
    } as const;
    await host.put([madeBytes(300)], datum);
    const namedBy = async (node: ContentNode) => {
      const found: number[] = [];
      for await (const { bytes } of node.findNamed({ kind: "segmentBody", name }, { bytesMax: 1_000, signal }))
        found.push(bytes.length);
      return found;
    };
    const guest = await reader(host.stat().addresses, guestFolder);
    expect(await namedBy(guest)).toEqual([300]);
    expect(await namedBy(await reader(host.stat().addresses))).toEqual([]);
    expect(await codeOf(host.put([madeBytes(9)], { ...datum, privacy: "sealed" }))).toBe("CONTENT_FORBIDDEN");
    nowSeconds = 9_000;
    await host.collect({ graceSeconds: 0 });
    expect(await namedBy(host)).toEqual([]);
  });
});

async function expectWhole(node: ContentNode, seed: number): Promise<void> {
  const length = LENGTHS[seed] ?? 0;
  const found = await gather(node.get(await rootOf(length, seed), { signal }));
  expect(found.equals(Buffer.from(madeBytes(length, seed)))).toBe(true);
}

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
  it(
    "holds whole what it said was pinned",
    async () => {
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
    },
    SLOW_MS,
  );
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
