import { CodedError } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { makeTestServer } from "./openTestServer.js";
import { API_KEY } from "./testGateway.js";

const asked = {
  method: "POST",
  url: "/v1/chat/completions",
  headers: { authorization: `Bearer ${API_KEY}` },
  payload: { model: "test", messages: [{ role: "user", content: "say: x" }] },
} as const;

describe("a router whose database is away", () => {
  it("says that it passes, and when to ask again", async () => {
    const { server, gateway, logged } = makeTestServer();
    const away = new CodedError({ code: "BOOKS_DATABASE_FAILED", during: "findKey" }, { isRetryable: true });
    gateway.authenticate = () => Promise.reject(away);
    const answer = await server.inject(asked);
    expect([answer.statusCode, answer.headers["retry-after"]]).toEqual([503, "2"]);
    expect(answer.json().error.code).toBe("temporarily_unavailable");
    gateway.findReceipt = () => Promise.reject(away);
    const receipt = await server.inject(`/api/v1/receipts/0x${"00".repeat(32)}`);
    expect([receipt.statusCode, receipt.json().code]).toEqual([503, "temporarily_unavailable"]);
    expect(logged).toEqual([]);
  });

  it("doesn't pass a fault of its own off as that", async () => {
    const { server, gateway, logged } = makeTestServer();
    gateway.authenticate = () => Promise.reject(new CodedError({ code: "BOOKS_ROW_MALFORMED" }));
    const answer = await server.inject(asked);
    expect([answer.statusCode, answer.json().error.code]).toEqual([500, "internal_error"]);
    expect(logged).toHaveLength(1);
  });
});
