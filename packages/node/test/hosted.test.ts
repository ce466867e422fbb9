import { createServer, type Server } from "node:http";
import { fetchHosted, parseHostedReference } from "@cortensor/data";
import { bytesToHex, type HostedDocument, type InferenceRequest, sha256Bytes, utf8ToBytes } from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFetchDocuments } from "../src/index.js";
import {
  ACCOUNT,
  aRequest,
  ask,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  type TestRouter,
  tearDown,
} from "./testNetwork.js";

const TEXT = "The bridge over the Aller was opened in 1903.";
let served = TEXT;
let asked = 0;
let server: Server;
let host: string;

beforeEach(async () => {
  [served, asked] = [TEXT, 0];
  server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(200, { "content-type": "text/plain" }).end(served);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  host = `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});
afterEach(async () => {
  await tearDown();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A miner that fetches from these hosts, and answers with the last message that its model reads. */
const aMiner = (router: TestRouter, name: string, hosts?: readonly string[]) =>
  startScriptedMiner(router, {
    name,
    script: { reply: (prompt) => (prompt.kind === "chat" ? (prompt.messages.at(-1)?.content ?? "") : prompt.text) },
    ...(hosts === undefined ? {} : { fetchDocuments: createFetchDocuments(fetchFrom(hosts)) }),
  });

const fetchFrom =
  (hosts: readonly string[]) =>
  ({ place, sha256, bytes }: HostedDocument, signal: AbortSignal) =>
    fetchHosted(
      parseHostedReference(place.kind === "url" ? { url: place.url, sha256, bytes } : { cid: place.cid, bytes }),
      {
        policy: { hosts, allowsLoopback: true },
        clock: systemClock,
        signal,
      },
    );

function hostedRequest(router: TestRouter): InferenceRequest {
  const bytes = utf8ToBytes(TEXT);
  const place = { kind: "url", url: `http://${host}/notes` } as const;
  const documents = [{ message: 0, sha256: bytesToHex(sha256Bytes(bytes)), bytes: bytes.length, place }];
  const messages = [{ role: "user", content: "When?" }] as const;
  return { ...aRequest(router, ""), prompt: { kind: "chat", messages, documents } };
}

describe("a document that a client hosts", () => {
  it("is fetched by the miner, which answers from it; its evidence holds with the text in it", async () => {
    const router = await startTestRouter();
    await aMiner(router, "fetching", [host]);
    const answer = await ask(router, hostedRequest(router));
    expect(answer.text).toBe(`${TEXT}\n\nWhen?`);
    expect(asked).toBe(1);
    await receiptOf(router, answer.taskId);
    const found = await router.gateway.evidence.find(answer.taskId, "auditor");
    const prompt = found.kind === "found" ? found.evidence.bodies[0]?.prompt : undefined;
    expect(prompt).toMatchObject({ kind: "chat", documents: [{ text: TEXT, place: { kind: "cid" } }] });
    expect(JSON.stringify(prompt)).not.toContain("/notes");
  });

  it("goes to another miner where the first may fetch nothing", async () => {
    const router = await startTestRouter();
    await aMiner(router, "fetches nothing");
    await aMiner(router, "fetching", [host]);
    for (let task = 0; task < 4; task += 1)
      expect((await ask(router, hostedRequest(router))).text).toBe(`${TEXT}\n\nWhen?`);
  });

  it("is an error by name, and costs nothing, where no miner may fetch it or its bytes are others", async () => {
    const router = await startTestRouter();
    await aMiner(router, "elsewhere", ["docs.example"]);
    const refused = await ask(router, hostedRequest(router));
    expect([refused.failed?.code, asked]).toEqual(["document_unavailable", 0]);
    await aMiner(router, "fetching", [host]);
    served = TEXT.replace("1903", "1904");
    const altered = await ask(router, hostedRequest(router));
    expect([altered.failed?.code, altered.text, asked]).toEqual(["document_unavailable", "", 1]);
    const { heldWei, spentWei } = await router.gateway.lane({ account: ACCOUNT, custody: "custodial" });
    expect([heldWei, spentWei]).toEqual([0n, 0n]);
  });
});
