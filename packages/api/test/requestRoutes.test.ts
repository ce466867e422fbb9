import { bytesToHex, REQUEST_BYTES_MAX, sha256Bytes } from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { HANDED } from "./emptyDesks.js";
import { openTestServer, type TestServer } from "./openTestServer.js";
import { API_KEY } from "./testGateway.js";

let open: (TestServer & { url: string }) | undefined;
afterEach(async () => {
  await open?.server.close();
  open = undefined;
});

const DIGEST = bytesToHex(sha256Bytes(HANDED));

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  open ??= await openTestServer();
  return fetch(`${open.url}/api/v1/requests/${path}`, { headers });
}

describe("requests that chains name by their CID", () => {
  it("are served to anyone as their bytes, to be kept for good", async () => {
    const response = await get(DIGEST);
    expect(response.status).toBe(200);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(HANDED);
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    const again = await get(DIGEST, { "if-none-match": `"${DIGEST}"` });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });

  it("are not found under another SHA-256, nor under what is none", async () => {
    const unknown = await get(`0x${"00".repeat(32)}`);
    expect([unknown.status, (await unknown.json()).code]).toEqual([404, "request_not_found"]);
    for (const malformed of ["0x12", "bafkreif2pall7dybz7vecqka3zo24irdwabwdi4wc55jznaq75q7eaavvu", "..%2f..%2fetc"]) {
      const refused = await get(malformed);
      expect([refused.status, (await refused.json()).code]).toEqual([400, "invalid_value"]);
    }
  });

  it("are handed in up to a block, and not a byte more", async () => {
    open ??= await openTestServer();
    const { url } = open;
    const hand = async (bytes: number) => {
      const body = JSON.stringify({ prompt: `0x${"00".repeat(bytes)}`, params: `0x${"00".repeat(4_096)}` });
      const headers = { authorization: `Bearer ${API_KEY}`, "content-type": "application/json" };
      const response = await fetch(`${url}/api/v1/queue/0x${"00".repeat(32)}`, { method: "POST", headers, body });
      return (await response.json()).code;
    };
    // The test's gateway knows no task: that far it came.
    expect(await hand(REQUEST_BYTES_MAX)).toBe("task_not_found");
    expect(await hand(REQUEST_BYTES_MAX + 1)).not.toBe("task_not_found");
  });
});
