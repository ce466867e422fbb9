import { afterEach, describe, expect, it } from "vitest";
import type { EpochDesk, EpochsView, ShownVirtualBlock } from "../src/index.js";
import { openTestServer, type TestServer } from "./openTestServer.js";

const WORD = `0x${"11".repeat(32)}` as const;
const GUARD = `0x${"22".repeat(20)}` as const;
const VIEW: EpochsView = {
  ...{
    atSeconds: 1_010,
    epoch: 1,
    startsAt: 1_000,
    cutOffAt: 1_540,
    endsAt: 1_600,
    setHash: WORD,
    stakeWei: 10n ** 21n,
  },
  guards: [{ guard: GUARD, stakeWei: 10n ** 21n, endpoint: "http://127.0.0.1:8660", isFrozen: false, isUp: true }],
  leaders: [GUARD],
  epochs: [{ epoch: 0, guards: 1, roots: [], missing: ["results"], isOpen: true }],
};
const BLOCK: ShownVirtualBlock = {
  block: {
    ...{ chainId: 1, parentHash: WORD, fromEpoch: 0, epoch: 3, guardSetHash: WORD },
    ...{ tasksOpened: 0, tasksClosed: 2, dutyCount: 0, dutiesRoot: WORD },
    chains: [{ chainId: 1, fromBlock: 0, toBlock: 9, blockHash: WORD, stateRoot: WORD }],
    attestations: [],
  },
  hash: WORD,
  shownBy: [GUARD],
};

let open: Promise<TestServer & { url: string }> | undefined;
afterEach(async () => {
  await (await open)?.server.close();
  open = undefined;
});

async function get(path: string, epochs?: EpochDesk): Promise<Response> {
  open ??= openTestServer(epochs === undefined ? {} : { epochs });
  return fetch(`${(await open).url}/api/v1/${path}`);
}
const desk: EpochDesk = {
  overview: async () => VIEW,
  findVirtualBlock: async (epoch) => (epoch === 3 ? BLOCK : undefined),
};

describe("the routes of epochs", () => {
  it("show the running epoch to anyone, with stakes as decimal strings", async () => {
    const response = await get("epochs", desk);
    expect(response.status).toBe(200);
    const stakeWei = String(10n ** 21n);
    const guards = VIEW.guards.map((guard) => ({ ...guard, stakeWei }));
    expect(await response.json()).toEqual({ ...VIEW, stakeWei, guards });
  });

  it("show a virtual block, and say where there is none", async () => {
    const found = await get("virtual-blocks/3", desk);
    expect([found.status, await found.json()]).toEqual([200, BLOCK]);
    const none = await get("virtual-blocks/2");
    expect([none.status, (await none.json()).code]).toEqual([404, "virtual_block_not_found"]);
    for (const malformed of ["latest", "-1", "03", "1e3"]) {
      const refused = await get(`virtual-blocks/${malformed}`);
      expect([refused.status, (await refused.json()).code]).toEqual([400, "invalid_value"]);
    }
  });

  it("turn away whoever asks for more at once than guards should answer", async () => {
    const waiting: (() => void)[] = [];
    const slow: EpochDesk = {
      ...desk,
      findVirtualBlock: () => new Promise((resolve) => waiting.push(() => resolve(BLOCK))),
    };
    const first = Array.from({ length: 4 }, () => get("virtual-blocks/3", slow));
    await expect.poll(() => waiting.length).toBe(4);
    expect((await get("virtual-blocks/3")).status).toBe(503);
    for (const release of waiting) release();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  it("aren't there on a server that knows of no epochs", async () => {
    expect((await get("epochs")).status).toBe(404);
  });
});
