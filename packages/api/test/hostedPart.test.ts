import { describe, expect, it } from "vitest";
import { makeTestServer } from "./openTestServer.js";
import { API_KEY } from "./testGateway.js";

async function post(content: unknown) {
  const { server, gateway } = makeTestServer();
  const response = await server.inject({
    method: "POST",
    url: "/v1/chat/completions",
    headers: { authorization: `Bearer ${API_KEY}`, "content-type": "application/json" },
    payload: JSON.stringify({ model: "test-model", messages: [{ role: "user", content }] }),
  });
  return { response, json: response.json(), gateway };
}

describe("a content part that its client hosts", () => {
  it("is handed on with what pins it", async () => {
    const sha256 = "ab".repeat(32);
    const url = "https://docs.example/a?key=k";
    const cid = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
    const parts = [
      { type: "hosted", hosted: { url, sha256, bytes: 10 } },
      { type: "text", text: "say: x" },
      { type: "hosted", hosted: { cid, bytes: 20 } },
    ];
    const { response, gateway } = await post(parts);
    expect(response.statusCode).toBe(200);
    expect(gateway.seen.requests[0]?.prompt).toEqual({
      kind: "chat",
      messages: [{ role: "user", content: "say: x" }],
      documents: [
        { message: 0, sha256: `0x${sha256}`, bytes: 10, place: { kind: "url", url } },
        {
          message: 0,
          sha256: "0xc7d01489080858c500065836c658f847a6ca67c4864619212be4f8200e4bbace",
          bytes: 20,
          place: { kind: "cid", cid },
        },
      ],
    });
  });

  it.each([
    [{ url: "https://docs.example/a", bytes: 10 }, "messages[0].content[0].hosted"],
    [{ url: "https://docs.example/a", sha256: "ab".repeat(32), bytes: 2_000_000 }, "messages[0].content[0].hosted"],
    [{ url: "https://docs.example/a", sha256: "AB".repeat(32), bytes: 1 }, "messages[0].content[0].hosted.sha256"],
    [{ url: "file:///etc/passwd", sha256: "ab".repeat(32), bytes: 1 }, "messages[0].content[0].hosted.url"],
    [{ url: "https://u:p@docs.example/a", sha256: "ab".repeat(32), bytes: 1 }, "messages[0].content[0].hosted.url"],
    [{ cid: "bafybeigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy", bytes: 1 }, "messages[0].content[0].hosted"],
    [{ cid: "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy" }, "messages[0].content[0].hosted"],
    [undefined, "messages[0].content[0].hosted"],
  ])("is refused where it pins nothing: %j", async (hosted, param) => {
    const { response, json, gateway } = await post([{ type: "hosted", hosted }]);
    expect([response.statusCode, json.error.code, json.error.param]).toEqual([400, "invalid_value", param]);
    expect(gateway.seen.requests).toEqual([]);
  });

  it("is refused beyond as many as a request may have", async () => {
    const part = { type: "hosted", hosted: { url: "https://docs.example/a", sha256: "ab".repeat(32), bytes: 1 } };
    const { response, json } = await post(Array.from({ length: 9 }, () => part));
    expect([response.statusCode, json.error.param]).toEqual([400, "messages"]);
  });
});
