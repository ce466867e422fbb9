import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Bytes32,
  decodeSignedPrekeyBundle,
  prekeyBundleHash,
  prekeyDestroyedAt,
  prekeyEpochStart,
  prekeyFault,
} from "@cortensor/protocol";
import { createMetrics, Secret, silentLogger, systemClock } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { createIdentity, createSignatureCounter } from "../../host/index.js";
import { CHAIN_ID, REGISTRY } from "../test/startMaker.js";
import { MINER, MINER_KEY } from "../test/testMiner.js";
import { PrekeyDesk } from "./prekeyDesk.js";
import { openPrekeyShelf } from "./prekeyShelf.js";

const TIMES = { startSeconds: 1_000_000, prekeySeconds: 1_000 };
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A miner's desk over a chain of one map. What the chain can't do now it throws at. */
function aDesk(options: { readonly folder?: string; readonly chain?: Map<number, Bytes32> } = {}) {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "cortensor-prekeys-"));
  folders.push(folder);
  const posted = options.chain ?? new Map<number, Bytes32>();
  const state = { nowSeconds: prekeyEpochStart(TIMES, 5) + 100, isDown: false, changes: 0 };
  const desk = new PrekeyDesk({
    chain: {
      ...{ chainId: CHAIN_ID, registry: REGISTRY, times: TIMES },
      readHash: async (prekeyEpoch) => posted.get(prekeyEpoch),
      postHash: async ({ prekeyEpoch, bundleHash }) => {
        if (state.isDown) throw new Error("the chain is away");
        posted.set(prekeyEpoch, bundleHash);
      },
    },
    shelf: openPrekeyShelf({ folder, log: silentLogger }),
    signer: createIdentity({
      ...{ role: "miner", signingKey: new Secret(MINER_KEY), chainId: CHAIN_ID, registry: REGISTRY },
      ...{ clock: systemClock, signatures: createSignatureCounter(createMetrics()) },
    }).signer,
    nowSeconds: () => state.nowSeconds,
    log: silentLogger,
    onChange: () => {
      state.changes += 1;
    },
  });
  const shown = () => desk.bundles().map(decodeSignedPrekeyBundle);
  return { desk, posted, state, folder, shown };
}

describe("a miner's prekeys", () => {
  it("are shown once their hash is on chain, and a client finds nothing wrong with them", async () => {
    const { desk, posted, state, shown } = aDesk();
    state.isDown = true;
    await expect(desk.round()).rejects.toThrow("away");
    expect(shown()).toEqual([]);
    state.isDown = false;
    await desk.round();
    const [signed] = shown();
    if (signed === undefined) throw new Error("nothing is shown");
    for (const suite of ["x25519", "xwing"] as const) {
      const facts = { chainId: CHAIN_ID, registry: REGISTRY, miner: MINER, suite, times: TIMES };
      const { nowSeconds } = state;
      expect(prekeyFault(signed, { ...facts, nowSeconds, chainHash: posted.get(5) })).toBeUndefined();
      expect(prekeyFault(signed, { ...facts, nowSeconds, chainHash: undefined })).toBe("notOnChain");
    }
    expect(state.changes).toBe(1);
    expect(desk.findPrekeys(prekeyBundleHash(signed.bundle)).map(({ suite }) => suite)).toEqual(["x25519", "xwing"]);
  });

  it("are the same after a restart, in files that only their owner may read", async () => {
    const first = aDesk();
    await first.desk.round();
    const again = aDesk({ folder: first.folder, chain: first.posted });
    await again.desk.round();
    expect(again.shown()).toEqual(first.shown());
    expect([...again.posted.keys()]).toEqual([5]);
  });

  it("follow one another, and are destroyed in the first second of the third epoch after their own", async () => {
    const { desk, posted, state, folder, shown } = aDesk();
    await desk.round();
    const [old] = shown();
    if (old === undefined) throw new Error("nothing is shown");
    const hash = prekeyBundleHash(old.bundle);
    const [{ privateKey } = { privateKey: new Uint8Array() }] = desk.findPrekeys(hash);
    state.nowSeconds = prekeyEpochStart(TIMES, 6) - 250;
    await desk.round();
    expect([...posted.keys()]).toEqual([5, 6]);
    expect(shown().map(({ bundle }) => bundle.prekeyEpoch)).toEqual([5]);
    state.nowSeconds = prekeyDestroyedAt(TIMES, 5) - 1;
    await desk.round();
    expect(desk.findPrekeys(hash)).toHaveLength(2);
    state.nowSeconds += 1;
    expect(desk.findPrekeys(hash)).toEqual([]);
    await desk.round();
    expect(readdirSync(folder)).not.toContain("5.json");
    expect(privateKey.every((byte) => byte === 0)).toBe(true);
    const left = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    expect(left.some((text) => text.includes(hash.slice(2)))).toBe(false);
  });

  it("aren't shown where the chain has others of the node: nobody could seal to them", async () => {
    const { desk, shown } = aDesk({ chain: new Map([[5, `0x${"ab".repeat(32)}` as const]]) });
    await desk.round();
    expect(shown()).toEqual([]);
  });
});
