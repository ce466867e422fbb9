import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { chainCall } from "../src/chainError.js";
import { createRpcClient } from "../src/chainReader.js";
import type { RpcNotice } from "../src/index.js";
import { openRpcDoor, PASS, type RpcDoor } from "./rpcDoor.js";

const CHAIN_ID = 31_337;

/** Two nodes of one chain, and one of another. */
let first: RunningAnvil;
let second: RunningAnvil;
let other: RunningAnvil;
beforeAll(async () => {
  [first, second, other] = await Promise.all([
    startAnvil({ chainId: CHAIN_ID }),
    startAnvil({ chainId: CHAIN_ID }),
    startAnvil({ chainId: 4_242 }),
  ]);
});
afterAll(() => Promise.all([first, second, other].map((anvil) => anvil?.stop())));

let door: RpcDoor;
let nowMs = 0;
let notices: RpcNotice[] = [];
beforeEach(async () => {
  nowMs = 0;
  notices = [];
  door = await openRpcDoor(first.url);
  return () => door.close();
});

function clientOf(...rpcUrls: readonly string[]) {
  return createRpcClient({ rpcUrls, chainId: CHAIN_ID, nowMs: () => nowMs, onRpc: (notice) => notices.push(notice) });
}

const asksOf = ({ asked }: RpcDoor) => asked.filter((method) => method === "eth_getBalance").length;
const HOLDER = `0x${"51".repeat(20)}` as const;

async function mine(url: string, blocks: number): Promise<void> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "anvil_mine", params: [blocks] });
  await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
}

describe("several RPC URLs of one chain", () => {
  it("goes on with the next one when the one in use dies in mid-run, and stays there when it is back", async () => {
    const dying = await startAnvil({ chainId: CHAIN_ID });
    const standby = await openRpcDoor(second.url);
    const rpc = `rpcUrls[0] ${dying.url}`;
    try {
      const { client } = clientOf(dying.url, standby.url);
      await client.getBalance({ address: HOLDER });
      expect(asksOf(standby)).toBe(0);
      await dying.stop();
      await client.getBalance({ address: HOLDER });
      expect(notices).toMatchObject([{ rpc, verdict: { kind: "failed" } }]);
      const back = await startAnvil({ chainId: CHAIN_ID, port: dying.port });
      nowMs += 60_000;
      await client.getBalance({ address: HOLDER });
      await back.stop();
      expect(notices).toMatchObject([{}, { rpc, verdict: { kind: "healthy" } }]);
      expect(asksOf(standby)).toBe(2);
    } finally {
      await standby.close();
    }
  });

  it("survives a short outage of the only one", async () => {
    const { client } = clientOf(door.url);
    await client.getBalance({ address: HOLDER });
    let cuts = 0;
    door.rule = () => {
      cuts += 1;
      return cuts > 3 ? PASS : { kind: "cut" };
    };
    expect(await client.getBalance({ address: HOLDER })).toBe(0n);
  });

  it("leaves one that falls behind, and takes it again when nothing else is there", async () => {
    const standby = await openRpcDoor(second.url);
    try {
      const { client } = clientOf(door.url, standby.url);
      await client.getBalance({ address: HOLDER });
      await mine(second.url, 13);
      nowMs += 60_000;
      await client.getBalance({ address: HOLDER });
      expect(notices).toMatchObject([{ rpc: `rpcUrls[0] ${door.url}`, verdict: { kind: "behind", blocks: 13n } }]);
      expect([asksOf(door), asksOf(standby)]).toEqual([1, 1]);
      standby.rule = () => ({ kind: "cut" });
      await client.getBalance({ address: HOLDER });
      expect(asksOf(door)).toBe(2);
    } finally {
      await mine(first.url, 13);
      await standby.close();
    }
  });

  it.each([
    ["a page of HTML", "<html>Bad gateway</html>"],
    ["JSON that is no answer", "[]"],
    ["an answer without a result", '{"jsonrpc":"2.0","id":1}'],
    ["a result of another form", '{"jsonrpc":"2.0","id":1,"result":"a lot"}'],
    ["an error without a code", '{"jsonrpc":"2.0","id":1,"error":"no"}'],
    ["too many requests", '{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"slow down"}}'],
  ])("passes over one that answers with %s", async (_what, body) => {
    const { client } = clientOf(door.url, second.url);
    await client.getBalance({ address: HOLDER });
    door.rule = () => ({ kind: "answer", body });
    expect(await client.getBalance({ address: HOLDER })).toBe(0n);
    const other = clientOf(door.url, second.url);
    expect(await other.client.getBalance({ address: HOLDER })).toBe(0n);
  });

  it("takes an RPC's own refusal for its answer, and asks nobody else", async () => {
    const standby = await openRpcDoor(second.url);
    try {
      const { client } = clientOf(door.url, standby.url);
      await expect(client.sendRawTransaction({ serializedTransaction: "0x00" })).rejects.toThrow();
      expect(standby.asked).not.toContain("eth_sendRawTransaction");
    } finally {
      await standby.close();
    }
  });

  it("asks nothing but its chain and head of one that serves another chain, and names it", async () => {
    const wrong = await openRpcDoor(other.url);
    try {
      const { client } = clientOf(wrong.url, second.url);
      await client.getBalance({ address: HOLDER });
      expect(new Set(wrong.asked)).toEqual(new Set(["eth_chainId", "eth_blockNumber"]));
      expect(notices).toEqual([{ rpc: `rpcUrls[0] ${wrong.url}`, verdict: { kind: "wrongChain", actual: 4_242 } }]);
      const alone = clientOf("http://127.0.0.1:9", wrong.url).client;
      await expect(chainCall("readBalance", alone.getBalance({ address: HOLDER }))).rejects.toMatchObject({
        data: { code: "CHAIN_WRONG_ID", rpc: `rpcUrls[1] ${wrong.url}`, expected: CHAIN_ID, actual: 4_242 },
      });
    } finally {
      await wrong.close();
    }
  });

  it("says of each what was wrong with it when none answers", async () => {
    door.rule = () => ({ kind: "cut" });
    const { client } = clientOf(door.url, "http://127.0.0.1:9");
    await expect(chainCall("readBalance", client.getBalance({ address: HOLDER }))).rejects.toMatchObject({
      data: {
        code: "CHAIN_UNREACHABLE",
        call: "readBalance",
        reason: expect.stringMatching(/^rpcUrls\[0\] .*; rpcUrls\[1\] http:\/\/127\.0\.0\.1:9: /),
      },
      isRetryable: true,
    });
  });
});
