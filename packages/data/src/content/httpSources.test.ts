import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { cidOf, digestOf, RAW_CODEC } from "./contentCid.js";
import { BLOCK_BYTES_MAX } from "./contentLimits.js";
import { httpSources } from "./httpSources.js";
import { codeOf, madeBytes } from "./test/madeBytes.js";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function serve(
  answer: (url: string) => { readonly status: number; readonly body?: Uint8Array; readonly to?: string },
) {
  const server = createServer((request, response) => {
    const { status, body, to } = answer(request.url ?? "");
    response.writeHead(status, to === undefined ? {} : { location: to }).end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

const block = madeBytes(64);
const cid = cidOf(RAW_CODEC, block);
const { signal } = new AbortController();

describe("HTTP routes", () => {
  it("give blocks by digest as routers do, and by CID as gateways do", async () => {
    const base = await serve((url) => {
      const paths = [`/api/v1/settlements/${digestOf(cid)}`, `/ipfs/${cid.toString()}?format=raw`];
      return paths.includes(url) ? { status: 200, body: block } : { status: 404 };
    });
    const [router, gateway, other] = httpSources([
      { url: `${base}/api/v1/settlements/`, names: "digest" },
      { url: `${base}/ipfs`, names: "gateway" },
      { url: `${base}/elsewhere`, names: "digest" },
    ]);
    expect(await router?.fetch(cid, signal)).toEqual(Buffer.from(block));
    expect(await gateway?.fetch(cid, signal)).toEqual(Buffer.from(block));
    expect(await other?.fetch(cid, signal)).toBeUndefined();
  });

  it("are refused when they send too much, lead elsewhere, fail, or aren't HTTP", async () => {
    const answers = [
      { status: 200, body: new Uint8Array(BLOCK_BYTES_MAX + 1) },
      { status: 302, to: "/x" },
      { status: 503 },
    ];
    for (const answer of answers) {
      const [source] = httpSources([{ url: await serve(() => answer), names: "digest" }]);
      await expect(source?.fetch(cid, signal)).rejects.toThrow();
    }
    expect(await codeOf((async () => httpSources([{ url: "file:///etc", names: "digest" }]))())).toBe(
      "CONTENT_SERVICE",
    );
  });
});
