import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { cutObject } from "../src/content/cutObject.js";
import { codeOf, gather, madeBytes } from "../src/content/test/madeBytes.js";
import { findKubo, sayNoKubo, startTestKubo, type TestKubo } from "../src/content/test/startTestKubo.js";
import { type ContentNode, cidOf, createContentNode, createKuboClient, RAW_CODEC } from "../src/index.js";

const binary = findKubo();
if (binary === undefined) sayNoKubo();

/** Some blocks and a node above them. */
const BYTES = 3_000_000;
const { signal } = new AbortController();
const datum = { kind: "dataset", privacy: "open", form: "plain", owner: "me", untilSeconds: undefined } as const;

describe.skipIf(binary === undefined)("Kubo itself", () => {
  let kubo: TestKubo;
  const undo: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    kubo = await startTestKubo(binary ?? "");
  });
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  afterAll(() => kubo?.stop());

  async function open(parts: Partial<Parameters<typeof createContentNode>[0]>): Promise<ContentNode> {
    const folder = await mkdtemp(join(tmpdir(), "cortensor-content-"));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    const node = await createContentNode({
      ...{ folder, nowSeconds: () => 1, clock: systemClock, log: silentLogger },
      ...parts,
    });
    undo.push(() => node.stop());
    return node;
  }

  /** Has Kubo add a file of its own, cut as the network cuts. */
  async function add(bytes: Uint8Array): Promise<string> {
    const body = new FormData();
    body.append("file", new Blob([Uint8Array.from(bytes)]));
    const cut = "cid-version=1&raw-leaves=true&chunker=size-1048576&pin=false";
    const said: { readonly Hash: string } = JSON.parse((await kubo.call(`add?${cut}`, body)).toString());
    return said.Hash;
  }

  it("names the same bytes alike, and a node has them from it by its interface", async () => {
    const bytes = madeBytes(BYTES, 1);
    const { cid } = await cutObject([bytes], async () => undefined);
    expect(await add(bytes)).toBe(cid.toString());
    const node = await open({ kubo: createKuboClient({ url: kubo.url }) });
    expect((await gather(node.get(cid, { signal }))).equals(Buffer.from(bytes))).toBe(true);
    const missing = cidOf(RAW_CODEC, madeBytes(17, 99));
    expect(await codeOf(gather(node.get(missing, { signal })))).toBe("CONTENT_NOT_FOUND");
  });

  it("is given an object's blocks, pins it whole, reads it, and lets it go", async () => {
    const client = createKuboClient({ url: kubo.url });
    const bytes = madeBytes(BYTES, 2);
    const { cid } = await cutObject([bytes], (block, data) => client.putBlock(block, data, signal));
    await client.addPin(cid, signal);
    expect((await kubo.call(`cat?arg=${cid.toString()}`)).equals(Buffer.from(bytes))).toBe(true);
    await client.removePin(cid, signal);
    await expect(kubo.call(`pin/ls?arg=${cid.toString()}&type=recursive`)).rejects.toThrow("not pinned");
  });

  it("gives blocks as a peer, and is given them", async () => {
    const theirs = madeBytes(BYTES, 3);
    const ours = madeBytes(BYTES, 4);
    const named = await add(theirs);
    const node = await open({ listen: ["/ip4/127.0.0.1/tcp/0"], peers: kubo.addresses.slice(0, 1) });
    const { cid } = await cutObject([theirs], async () => undefined);
    expect(named).toBe(cid.toString());
    expect((await gather(node.get(cid, { signal }))).equals(Buffer.from(theirs))).toBe(true);
    const put = await node.put([ours], datum);
    expect((await kubo.call(`cat?arg=${put.cid.toString()}`)).equals(Buffer.from(ours))).toBe(true);
  });
});
