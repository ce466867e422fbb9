import { createServer, type IncomingMessage, type Server } from "node:http";
import { Secret } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { type Cid, cidOf, RAW_CODEC } from "./contentCid.js";
import { BLOCK_BYTES_MAX } from "./contentLimits.js";
import { createKuboClient } from "./kuboClient.js";
import { codeOf, gather, madeBytes } from "./test/madeBytes.js";

/**
 * Answers as Kubo 0.33 does by its published RPC reference (docs.ipfs.tech/reference/kubo/rpc): recorded shapes, not Kubo itself.
 */
type Said = { readonly status?: number; readonly body: string | Uint8Array };
const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function kubo(answer: (request: { readonly url: string; readonly body: Buffer }) => Said) {
  const asked: { readonly url: string; readonly method: string; readonly authorization: string | undefined }[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    void gather(request).then((body) => {
      const url = request.url ?? "";
      asked.push({ url, method: request.method ?? "", authorization: request.headers.authorization });
      const { status = 200, body: said } = answer({ url, body });
      response.writeHead(status).end(said);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { asked, client: createKuboClient({ url: `http://127.0.0.1:${port}/`, token: new Secret("letmein") }) };
}

const block = madeBytes(1_000);
const cid: Cid = cidOf(RAW_CODEC, block);
const { signal } = new AbortController();
const json = (value: unknown): Said => ({ body: JSON.stringify(value) });

describe("a Kubo node", () => {
  it("is given blocks and pins, and asked for blocks, by its own interface", async () => {
    const held: Buffer[] = [];
    const { client, asked } = await kubo(({ url, body }) => {
      if (url.startsWith("/api/v0/block/put")) {
        held.push(body);
        return json({ Key: cid.toString(), Size: 1_000 });
      }
      if (url.startsWith("/api/v0/block/get")) return { body: block };
      return json({ Pins: [cid.toString()] });
    });
    await client.putBlock(cid, block, signal);
    expect(held[0]?.includes(Buffer.from(block))).toBe(true);
    expect(await client.source.fetch(cid, signal)).toEqual(Buffer.from(block));
    await client.addPin(cid, signal);
    await client.removePin(cid, signal);
    expect(asked.every(({ method, authorization }) => method === "POST" && authorization === "Bearer letmein")).toBe(
      true,
    );
    expect(asked.map(({ url }) => url.split("?")[0])).toEqual([
      "/api/v0/block/put",
      "/api/v0/block/get",
      "/api/v0/pin/add",
      "/api/v0/pin/rm",
    ]);
  });

  it("that hasn't a block says so, and is believed", async () => {
    const Message = "block was not found locally (offline): ipld: could not find node";
    const { client } = await kubo(() => ({ status: 500, body: JSON.stringify({ Message, Code: 0, Type: "error" }) }));
    expect(await client.getBlock(cid, signal)).toBeUndefined();
  });

  it.each<[string, Said]>([
    ["a name that isn't the block's", json({ Key: cidOf(RAW_CODEC, madeBytes(3)).toString(), Size: 1 })],
    ["a shape of its own", json({ cid: cid.toString() })],
    ["no JSON", { body: "<html>" }],
    ["a refusal", { status: 403, body: "Forbidden" }],
    ["megabytes of an answer", { body: new Uint8Array(1_000_000) }],
  ])("is refused when it answers a put with %s", async (_what, said) => {
    const { client } = await kubo(() => said);
    expect(await codeOf(client.putBlock(cid, block, signal))).toBe("CONTENT_SERVICE");
  });

  it("is refused when it pins something else, sends more than a block, or isn't there", async () => {
    const other = await kubo(() => json({ Pins: [cidOf(RAW_CODEC, madeBytes(3)).toString()] }));
    expect(await codeOf(other.client.addPin(cid, signal))).toBe("CONTENT_SERVICE");
    const large = await kubo(() => ({ body: new Uint8Array(BLOCK_BYTES_MAX + 1) }));
    expect(await codeOf(large.client.getBlock(cid, signal))).toBe("CONTENT_SERVICE");
    const gone = createKuboClient({ url: "http://127.0.0.1:1" });
    expect(await codeOf(gone.getBlock(cid, signal))).toBe("CONTENT_SERVICE");
    expect(await codeOf((async () => createKuboClient({ url: "ftp://there" }))())).toBe("CONTENT_SERVICE");
  });
});
