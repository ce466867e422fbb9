import { afterEach, describe, expect, it } from "vitest";
import { openTestServer, type TestServer } from "./openTestServer.js";
import { SET_CID } from "./testGateway.js";

let open: (TestServer & { url: string }) | undefined;
afterEach(async () => {
  await open?.server.close();
  open = undefined;
});

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  open ??= await openTestServer();
  return fetch(`${open.url}/api/v1/settlements/${path}`, { headers });
}

describe("settlement sets", () => {
  it("are served to anyone as their bytes, to be kept for good", async () => {
    const response = await get(SET_CID);
    expect(response.status).toBe(200);
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 1, 2, 255]);
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    const again = await get(SET_CID.toUpperCase().replace("0X", "0x"), { "if-none-match": `"${SET_CID}"` });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });

  it("are not found under another CID, nor under what is none", async () => {
    const unknown = await get(`0x${"00".repeat(32)}`);
    expect([unknown.status, (await unknown.json()).code]).toEqual([404, "settlement_set_not_found"]);
    for (const malformed of ["latest", "0x12", `0x${"zz".repeat(32)}`, "..%2f..%2fetc"]) {
      const refused = await get(malformed);
      expect([refused.status, (await refused.json()).code]).toEqual([400, "invalid_value"]);
    }
  });

  it("can be asked for again and again: an answered one takes no room", async () => {
    for (let ask = 0; ask < 20; ask += 1) expect((await get(SET_CID)).status).toBe(200);
  });
});
