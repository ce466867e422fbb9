import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContentNode } from "@cortensor/data";
import { bytesToHex, SET_BYTES_MAX, sha256Bytes } from "@cortensor/protocol";
import { silentLogger, systemClock } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { openSets } from "../src/audit/readSets.js";

const CID = `0x${"5e".repeat(32)}` as const;
const OTHER = `0x${"00".repeat(32)}` as const;
const signal = new AbortController().signal;

let folder: string | undefined;
let server: Server | undefined;
afterEach(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  server?.closeAllConnections();
  server?.close();
  [folder, server] = [undefined, undefined];
});

async function serve(answer: RequestListener): Promise<string> {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

describe("settlement sets to audit", () => {
  it("come from a folder by their CID, or aren't there", async () => {
    folder = mkdtempSync(join(tmpdir(), "cortensor-sets-"));
    writeFileSync(join(folder, CID), Uint8Array.from([1, 2]));
    const readSet = openSets(folder, signal);
    expect([...((await readSet(CID)) ?? [])]).toEqual([1, 2]);
    expect(await readSet(OTHER)).toBeUndefined();
  });

  it("are no larger than a set may be, in a folder", async () => {
    folder = mkdtempSync(join(tmpdir(), "cortensor-sets-"));
    const file = join(folder, CID);
    writeFileSync(file, "");
    truncateSync(file, SET_BYTES_MAX + 1);
    await expect(openSets(folder, signal)(CID)).rejects.toMatchObject({ code: "CLI_BAD_FILE" });
  });

  it("come from a router's route, and from below any other address", async () => {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url ?? "");
      if (request.url?.endsWith(OTHER)) response.writeHead(404).end();
      else response.end(Buffer.from([3]));
    });
    expect([...((await openSets(url, signal)(CID)) ?? [])]).toEqual([3]);
    expect([...((await openSets(`${url}/mirror/`, signal)(CID)) ?? [])]).toEqual([3]);
    expect(await openSets(url, signal)(OTHER)).toBeUndefined();
    expect(asked).toEqual([`/api/v1/settlements/${CID}`, `/mirror/${CID}`, `/api/v1/settlements/${OTHER}`]);
  });

  it("come from peers that an endpoint tells of, also such as are larger than one block", async () => {
    folder = mkdtempSync(join(tmpdir(), "cortensor-sets-"));
    const parts = { nowSeconds: () => 1_000, clock: systemClock, log: silentLogger };
    const node = await createContentNode({ folder, listen: ["/ip4/127.0.0.1/tcp/0"], ...parts });
    const over = new AbortController();
    try {
      const set = Buffer.alloc(2 * 1_048_576 + 7, 5);
      const datum = { kind: "settlementSet", privacy: "open", form: "plain", owner: "me" } as const;
      await node.put([set], { ...datum, untilSeconds: undefined });
      const url = await serve((_, response) => response.end(JSON.stringify({ addresses: node.stat().addresses })));
      const readSet = openSets(`peers:${url}`, over.signal);
      expect((await readSet(bytesToHex(sha256Bytes(set))))?.length).toBe(set.length);
      expect(await readSet(OTHER)).toBeUndefined();
      expect(() => openSets("peers:nowhere", signal)).toThrow(expect.objectContaining({ code: "CLI_BAD_ARGUMENT" }));
    } finally {
      over.abort();
      await node.stop();
    }
  });

  it("are given up when an address answers otherwise, never ends, or isn't there", async () => {
    const broken = await serve((_request, response) => void response.writeHead(500).end());
    await expect(openSets(broken, signal)(CID)).rejects.toMatchObject({ code: "CLI_BAD_FILE" });
    server?.close();
    const part = Buffer.alloc(1_048_576);
    const endless = await serve((_request, response) => {
      const more = (): void => void response.write(part, (error) => (error ? undefined : more()));
      more();
    });
    await expect(openSets(endless, signal)(CID)).rejects.toMatchObject({
      code: "CLI_BAD_FILE",
      data: { problem: "is larger than any set" },
    });
    server?.closeAllConnections();
    server?.close();
    await expect(openSets(endless, signal)(CID)).rejects.toMatchObject({ code: "CLI_BAD_FILE" });
  });
});
