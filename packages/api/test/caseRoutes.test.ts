import { parseBodyDocument, parseResultProof } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { createGuardServer } from "../src/index.js";
import { aGuardGateway, noMetrics } from "./aGuardGateway.js";
import { makeTestServer, type TestServer } from "./openTestServer.js";
import { SOME_BODY } from "./someBody.js";
import { API_KEY, DISPUTE } from "./testGateway.js";

const SIGNATURE = `0x${"ab".repeat(64)}`;
const NONE = `0x${"5e".repeat(32)}`;
/** Of a task that was asked. */
const resultOf = async ({ server, gateway }: TestServer): Promise<string> => {
  const answer = await server.inject({
    method: "POST",
    url: "/v1/chat/completions",
    headers: { authorization: `Bearer ${API_KEY}` },
    payload: { model: "test-model", messages: [{ role: "user", content: "say: one two" }] },
  });
  const document = await gateway.findReceipt(`0x${String(answer.headers["x-cortensor-task"]).slice(2)}`);
  return document?.results[0] ?? "";
};
const get = ({ server }: Pick<TestServer, "server">, path: string, authorization = `Seat ${SIGNATURE}`) =>
  server.inject({ url: path, headers: { authorization } });

describe("a disputed result", () => {
  it("is shown with where its miner signed it, not to be kept on the way", async () => {
    const test = makeTestServer();
    const result = await resultOf(test);
    const answer = await get(test, `/api/v1/disputes/${DISPUTE}/${result}`);
    expect([answer.statusCode, answer.headers["cache-control"]]).toEqual([200, "no-store"]);
    const { bodies, proofs } = answer.json();
    expect(bodies.map(parseBodyDocument)).toEqual([SOME_BODY]);
    expect(proofs.map(parseResultProof)).toMatchObject([{ result }]);
  });

  it("is closed to who doesn't sign, who doesn't sit there, and of what isn't known", async () => {
    const test = makeTestServer();
    const result = await resultOf(test);
    for (const authorization of ["", `Duty ${SIGNATURE}`, `Seat ${SIGNATURE.slice(0, -2)}`]) {
      const answer = await get(test, `/api/v1/disputes/${DISPUTE}/${result}`, authorization);
      expect([answer.statusCode, answer.json().code]).toEqual([401, "case_unsigned"]);
    }
    const foreign = await get(test, `/api/v1/disputes/${DISPUTE + 1}/${result}`);
    expect([foreign.statusCode, foreign.json().code]).toEqual([403, "case_refused"]);
    const unknown = await get(test, `/api/v1/disputes/${DISPUTE}/${NONE}`);
    expect([unknown.statusCode, unknown.json().code]).toEqual([404, "result_not_found"]);
    for (const path of [`0/${NONE}`, `-1/${NONE}`, `1/0x12`, "latest/latest"]) {
      expect((await get(test, `/api/v1/disputes/${path}`)).statusCode).toBe(400);
    }
  });

  it("is shown by who accuses it too", async () => {
    const test = makeTestServer();
    const result = await resultOf(test);
    const served = { gateway: aGuardGateway, metrics: noMetrics };
    const server = createGuardServer({ ...served, cases: test.gateway.cases });
    expect((await get({ server }, `/v1/disputes/${DISPUTE}/${result}`)).statusCode).toBe(200);
    const none = createGuardServer(served);
    expect((await get({ server: none }, `/v1/disputes/${DISPUTE}/${result}`)).statusCode).toBe(404);
  });
});
