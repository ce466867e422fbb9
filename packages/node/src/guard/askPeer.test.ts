import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createAskPeer, parseAttestations, SIGNATURES_MAX } from "./askPeer.js";
import { keyOf } from "./test/guardNetwork.js";

const key = { subjectChainId: 31_337, kind: "results", epoch: 7 } as const;
const shown = { guard: `0x${"aa".repeat(20)}`, root: keyOf("root"), signature: `0x${"12".repeat(64)}` };
const answer = (changed: object = {}) => JSON.stringify({ ...key, signatures: [shown], ...changed });
const parsed = [{ guard: shown.guard, signature: shown.signature, attestation: { ...key, root: shown.root } }];

let close: (() => Promise<unknown>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

async function serve(handler: http.RequestListener): Promise<string> {
  const server = http.createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const ask = (endpoint: string, timeoutMs = 5_000) =>
  createAskPeer({ timeoutMs, signal: new AbortController().signal })({ endpoint, key });

describe("a peer's answer", () => {
  it("is read", () => {
    expect(parseAttestations(answer(), key)).toEqual(parsed);
    expect(parseAttestations(answer({ signatures: [] }), key)).toEqual([]);
  });

  it.each([
    ["no JSON", "<html>"],
    ["another epoch's", answer({ epoch: 8 })],
    ["another kind's", answer({ kind: "beacon" })],
    ["another chain's", answer({ subjectChainId: 1 })],
    ["more than was asked for", answer({ more: 1 })],
    ["more signatures than guards could make", answer({ signatures: Array(SIGNATURES_MAX + 1).fill(shown) })],
    ["a guard that is no address", answer({ signatures: [{ ...shown, guard: "0xAB" }] })],
    ["a root in upper case", answer({ signatures: [{ ...shown, root: `0x${"AB".repeat(32)}` }] })],
    ["a signature too short", answer({ signatures: [{ ...shown, signature: "0x12" }] })],
  ])("is none when it is %s", (_what, text) => {
    expect(parseAttestations(text, key)).toBeUndefined();
  });
});

describe("asking a peer", () => {
  it("asks for one key below its address", async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url);
      response.end(answer());
    });
    expect(await ask(url)).toEqual(parsed);
    expect(asked).toEqual(["/v1/attestations/31337/results/7"]);
  });

  it("gets nothing from one that is silent, gone, sends on, sends too much, or has no address of HTTP", async () => {
    expect(await ask(await serve(() => undefined), 50)).toBeUndefined();
    await close?.();
    expect(await ask("http://127.0.0.1:1")).toBeUndefined();
    const onwards = await serve((_request, response) =>
      response.writeHead(302, { location: "http://127.0.0.1:1" }).end(),
    );
    expect(await ask(onwards)).toBeUndefined();
    await close?.();
    expect(await ask(await serve((_request, response) => response.end(" ".repeat(70_000) + answer())))).toBeUndefined();
    for (const endpoint of ["", "ftp://127.0.0.1", "file:///etc/hosts"]) expect(await ask(endpoint)).toBeUndefined();
  });
});
