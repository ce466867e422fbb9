import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSettlementSet } from "@cortensor/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFetchSet } from "./fetchSet.js";
import { anEntry } from "./test/guardNetwork.js";

const set = encodeSettlementSet([anEntry("one")]);
const lane = `0x${"11".repeat(20)}` as const;

let folder: string;
let servers: http.Server[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sets-"));
  servers = [];
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function router(bytes: Uint8Array | undefined): Promise<string> {
  const server = http.createServer((request, response) => {
    const isAsked = request.url === `/api/v1/settlements/${set.setCid}`;
    if (bytes === undefined || !isAsked) response.writeHead(404).end();
    else response.end(bytes);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const fetchFrom = (endpoints: readonly string[]) =>
  createFetchSet({ chain: { readRouterEndpoints: async () => endpoints }, folder })(
    { lane, setCid: set.setCid },
    new AbortController().signal,
  );

describe("a settlement's set", () => {
  it("is found in the folder, and asked of nobody then", async () => {
    await writeFile(join(folder, set.setCid), set.bytes);
    expect(await fetchFrom([])).toEqual(Buffer.from(set.bytes));
  });

  it("is found with the first router that has it", async () => {
    const endpoints = ["", "ftp://x", await router(undefined), await router(set.bytes)];
    expect(await fetchFrom(endpoints)).toEqual(Buffer.from(set.bytes));
  });

  it("is never other bytes than those it names", async () => {
    await writeFile(join(folder, set.setCid), Buffer.concat([set.bytes, Buffer.from([0])]));
    const changed = Buffer.from(set.bytes);
    changed[0] = (changed[0] ?? 0) ^ 1;
    expect(await fetchFrom([await router(changed)])).toBeUndefined();
    expect(await fetchFrom([await router(changed), await router(set.bytes)])).toEqual(Buffer.from(set.bytes));
  });
});
