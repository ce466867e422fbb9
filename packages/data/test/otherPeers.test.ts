import "../src/content/withResolvers.js";

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { createBitswap } from "@helia/bitswap";
import { identify } from "@libp2p/identify";
import { defaultLogger } from "@libp2p/logger";
import { tcp } from "@libp2p/tcp";
import { MemoryBlockstore } from "blockstore-core";
import { createLibp2p } from "libp2p";
import { afterEach, describe, expect, it } from "vitest";
import { codeOf, gather, madeBytes } from "../src/content/test/madeBytes.js";
import { cidOf, createContentNode, RAW_CODEC } from "../src/index.js";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

/** A peer with another implementation of the exchange: Helia's. */
async function heliaPeer() {
  const libp2p = await createLibp2p({
    addresses: { listen: ["/ip4/127.0.0.1/tcp/0"] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify() },
  });
  undo.push(() => libp2p.stop());
  const blockstore = new MemoryBlockstore();
  const nowhere = async () => undefined;
  const routing = {
    findProviders: async function* () {},
    provide: nowhere,
    cancelReprovide: nowhere,
    put: nowhere,
    get: async () => new Uint8Array(0),
    findPeer: async () => Promise.reject(new Error("nobody")),
    getClosestPeers: async function* () {},
  };
  const bitswap = createBitswap({ libp2p, blockstore, logger: defaultLogger(), routing });
  await bitswap.start();
  undo.push(() => bitswap.stop());
  return { bitswap, blockstore, addresses: libp2p.getMultiaddrs().map((address) => address.toString()) };
}

describe("a peer with another implementation of the exchange", () => {
  it("gives blocks, is given blocks, and says what it hasn't", async () => {
    const helia = await heliaPeer();
    const folder = await mkdtemp(join(tmpdir(), "cortensor-content-"));
    undo.push(() => rm(folder, { recursive: true, force: true }));
    const parts = { folder, nowSeconds: () => 1, clock: systemClock, log: silentLogger };
    const listen = ["/ip4/127.0.0.1/tcp/0"];
    const node = await createContentNode({ ...parts, listen, peers: helia.addresses });
    undo.push(() => node.stop());
    const { signal } = new AbortController();
    const theirs = madeBytes(700_000, 3);
    const named = cidOf(RAW_CODEC, theirs);
    await helia.blockstore.put(named, theirs);
    expect((await gather(node.get(named, { signal }))).equals(Buffer.from(theirs))).toBe(true);
    const datum = { kind: "dataset", privacy: "open", form: "plain", owner: "me", untilSeconds: undefined } as const;
    const ours = await node.put([madeBytes(900_000, 4)], datum);
    expect(Buffer.from(await helia.bitswap.want(ours.cid)).equals(Buffer.from(madeBytes(900_000, 4)))).toBe(true);
    expect(await codeOf(gather(node.get(cidOf(RAW_CODEC, madeBytes(5)), { signal })))).toBe("CONTENT_NOT_FOUND");
  });
});
