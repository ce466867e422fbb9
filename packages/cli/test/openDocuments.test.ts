import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContentNode } from "@cortensor/data";
import { bytesToHex, type HostedDocument, type Prompt, sha256Bytes, utf8ToBytes } from "@cortensor/protocol";
import { createShutdown, silentLogger, systemClock } from "@cortensor/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDocuments } from "../src/roles/openDocuments.js";
import { openMinerContent } from "../src/roles/openMinerContent.js";

const TEXT = "The bridge over the Aller was opened in 1903.";
const PINNED = { message: 0, sha256: bytesToHex(sha256Bytes(utf8ToBytes(TEXT))), bytes: TEXT.length };
const OFF = { hostedHosts: [], allowsHostedLoopback: false };
const NO_CONTENT = {
  contentFolder: undefined,
  contentPeers: [],
  contentListen: [],
  publishesBodies: false,
  hasDuties: false,
};
const { signal } = new AbortController();
let server: Server;
let host: string;
let folder: string;
let shutdown: ReturnType<typeof createShutdown>;

beforeEach(async () => {
  shutdown = createShutdown({ timeoutMs: 5_000 });
  folder = await mkdtemp(join(tmpdir(), "cortensor-documents-"));
  server = createServer((_request, response) => response.writeHead(200, { "content-type": "text/plain" }).end(TEXT));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  host = `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});
afterEach(async () => {
  await shutdown.run("test over");
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

type Over = Partial<Parameters<typeof openDocuments>[0]["config"] & Parameters<typeof openMinerContent>[0]["config"]>;
const open = async (over: Over = {}) => {
  const config = { ...OFF, ...NO_CONTENT, outboxFolder: folder, ...over };
  const node = await openMinerContent({ config, log: silentLogger, shutdown });
  return openDocuments({ config, node });
};
const asking = (place: HostedDocument["place"]): Prompt => ({
  kind: "chat",
  messages: [{ role: "user", content: "When?" }],
  documents: [{ ...PINNED, place }],
});
const byUrl = () => asking({ kind: "url", url: `http://${host}/notes` });
const refusal = (detail: string) => ({ kind: "refused", code: "documentRefused", detail });

describe("a miner's documents", () => {
  it("come from hosts that its operator lists, and from no others; by default from none", async () => {
    expect(await (await open())(byUrl(), signal)).toEqual(refusal("HOSTING_OFF"));
    expect(await (await open({ hostedHosts: [host] }))(byUrl(), signal)).toEqual(refusal("HOSTING_HOST_NOT_ALLOWED"));
    const fetches = await open({ hostedHosts: [host], allowsHostedLoopback: true });
    expect(await fetches(byUrl(), signal)).toMatchObject({ kind: "fetched", prompt: { documents: [{ text: TEXT }] } });
    await expect(open({ hostedHosts: ["*.example"] })).rejects.toMatchObject({ code: "CLI_BAD_ARGUMENT" });
    await expect(open({ publishesBodies: true })).rejects.toMatchObject({ code: "CLI_BAD_ARGUMENT" });
  });

  it("come by their CIDs from a folder of content, where there is one", async () => {
    const node = await createContentNode({ folder, nowSeconds: () => 1_000, clock: systemClock, log: silentLogger });
    const datum = { kind: "dataset", privacy: "open", form: "plain", owner: "me", untilSeconds: undefined } as const;
    const { cid } = await node.put([utf8ToBytes(TEXT)], datum);
    await node.stop();
    const prompt = asking({ kind: "cid", cid: cid.toString() });
    expect(await (await open())(prompt, signal)).toEqual(refusal("HOSTING_OFF"));
    const fetches = await open({ contentFolder: folder });
    expect(await fetches(prompt, signal)).toMatchObject({ kind: "fetched", prompt: { documents: [{ text: TEXT }] } });
  });
});
