import type { TaskPayload } from "@cortensor/chain";
import {
  type Bytes32,
  bytesToHex,
  keccak256,
  REQUEST_BYTES_MAX,
  requestCid,
  sha256Bytes,
  utf8ToBytes,
} from "@cortensor/protocol";
import { silentLogger } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import { RequestDesk } from "./requestDesk.js";

const BODY = utf8ToBytes("salt and prompt");
const PARAMS = utf8ToBytes("parameters");
const at = (body: Uint8Array): TaskPayload => ({ kind: "cid", data: requestCid(body), params: PARAMS });
const idOf = (name: string): Bytes32 => keccak256(utf8ToBytes(name));

function aDesk(given: (digest: Bytes32) => Promise<Uint8Array | undefined>) {
  const state = { nowMs: 0, asked: 0 };
  const kept: Uint8Array[] = [];
  const desk = new RequestDesk({
    content: {
      find: (digest) => {
        state.asked += 1;
        return given(digest);
      },
      keep: async (body) => void kept.push(body),
      show: async () => undefined,
    },
    nowMs: () => state.nowMs,
    log: silentLogger,
  });
  return { desk, state, kept };
}

describe("what a queued task's CID names", () => {
  it("is had by its SHA-256, with the parameters that are on chain", async () => {
    const { desk } = aDesk(async (digest) => (digest === bytesToHex(sha256Bytes(BODY)) ? BODY : undefined));
    expect(await desk.find({ taskId: idOf("one"), payload: at(BODY) })).toEqual({ prompt: BODY, params: PARAMS });
    for (const kind of ["none", "prompt"] as const) {
      expect(await desk.find({ taskId: idOf(kind), payload: { ...at(BODY), kind } })).toBeUndefined();
    }
  });

  it("is no other bytes, whoever gives them, and nothing while it fails", async () => {
    const { desk } = aDesk(async () => utf8ToBytes("other"));
    expect(await desk.find({ taskId: idOf("one"), payload: at(BODY) })).toBeUndefined();
    const broken = aDesk(() => Promise.reject(new Error("away")));
    expect(await broken.desk.find({ taskId: idOf("one"), payload: at(BODY) })).toBeUndefined();
  });

  it("is looked for again after five seconds, not in each round", async () => {
    const { desk, state } = aDesk(async () => undefined);
    const look = () => desk.find({ taskId: idOf("one"), payload: at(BODY) });
    await look();
    state.nowMs = 4_999;
    await look();
    expect(state.asked).toBe(1);
    state.nowMs = 5_000;
    await look();
    expect(state.asked).toBe(2);
  });

  it("waits while eight others are looked for", async () => {
    let give: (body: undefined) => void = () => undefined;
    const gate = new Promise<undefined>((resolve) => {
      give = resolve;
    });
    const { desk } = aDesk(() => gate);
    const looks = Array.from({ length: 8 }, (_, place) => desk.find({ taskId: idOf(`${place}`), payload: at(BODY) }));
    expect(await desk.find({ taskId: idOf("ninth"), payload: at(BODY) })).toBe("later");
    give(undefined);
    await Promise.all(looks);
    expect(await desk.find({ taskId: idOf("ninth"), payload: at(BODY) })).toBeUndefined();
  });
});

describe("what a client handed in", () => {
  it("is kept where the chain names it, of open sessions alone", async () => {
    const { desk, kept } = aDesk(async () => undefined);
    const task = { account: 7, privacy: "open" } as const;
    await desk.keep({ task, payload: { ...at(BODY), kind: "none" } }, BODY);
    await desk.keep({ task: { account: 7, privacy: "sealed" }, payload: at(BODY) }, BODY);
    await desk.keep({ task, payload: at(BODY) }, utf8ToBytes("other"));
    await desk.keep({ task, payload: at(BODY) }, new Uint8Array(REQUEST_BYTES_MAX + 1));
    expect(kept).toEqual([]);
    await desk.keep({ task, payload: at(BODY) }, BODY);
    expect(kept).toEqual([BODY]);
  });
});
