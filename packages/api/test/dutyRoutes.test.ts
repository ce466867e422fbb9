import { parseBodyDocument, parseReceiptDocument, parseResultProof } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { createGuardServer, createHealthServer } from "../src/index.js";
import { aGuardGateway, noMetrics } from "./aGuardGateway.js";
import { makeTestServer, type TestServer } from "./openTestServer.js";
import { SOME_BODY } from "./someBody.js";
import { API_KEY, DUTY_EPOCH } from "./testGateway.js";

const SIGNATURE = `0x${"ab".repeat(64)}`;
const SETTLEMENT = `0x${"5e".repeat(32)}`;
const asked = async ({ server }: TestServer): Promise<string> => {
  const answer = await server.inject({
    method: "POST",
    url: "/v1/chat/completions",
    headers: { authorization: `Bearer ${API_KEY}` },
    payload: { model: "test-model", messages: [{ role: "user", content: "say: one two" }] },
  });
  return String(answer.headers["x-cortensor-task"]);
};
const get = ({ server }: TestServer, path: string, authorization = `Duty ${SIGNATURE}`) =>
  server.inject({ url: `/api/v1/duties/${path}`, headers: { authorization } });

describe("a task for a validator", () => {
  it("is its receipt and its bodies, not to be kept on the way", async () => {
    const test = makeTestServer();
    const taskId = await asked(test);
    const answer = await get(test, `${DUTY_EPOCH}/${SETTLEMENT}/${taskId}`);
    expect([answer.statusCode, answer.headers["cache-control"]]).toEqual([200, "no-store"]);
    const { receipt, bodies, missing, proofs, ...rest } = answer.json();
    expect(rest).toEqual({});
    expect(parseReceiptDocument(receipt).receipt.taskId).toBe(taskId);
    expect(bodies.map(parseBodyDocument)).toEqual([SOME_BODY]);
    expect(missing).toHaveLength(1);
    expect(proofs.map(parseResultProof)).toMatchObject([{ result: missing[0] }]);
  });

  it("is closed to who doesn't sign, and to who may not see it", async () => {
    const test = makeTestServer();
    const taskId = await asked(test);
    for (const authorization of ["", `Bearer ${API_KEY}`, `Duty ${SIGNATURE.slice(0, -2)}`, "Duty 0x"]) {
      const answer = await get(test, `${DUTY_EPOCH}/${SETTLEMENT}/${taskId}`, authorization);
      expect([answer.statusCode, answer.json().code]).toEqual([401, "duty_unsigned"]);
    }
    const foreign = await get(test, `${DUTY_EPOCH + 1}/${SETTLEMENT}/${taskId}`);
    expect([foreign.statusCode, foreign.json().code]).toEqual([403, "duty_refused"]);
    const unknown = await get(test, `${DUTY_EPOCH}/${SETTLEMENT}/${SETTLEMENT}`);
    expect([unknown.statusCode, unknown.json().code]).toEqual([404, "task_not_found"]);
    const open = await get(test, `${DUTY_EPOCH}/${SETTLEMENT}/${taskId}/sealed`);
    expect([open.statusCode, open.json().code]).toEqual([404, "task_not_found"]);
  });

  it.each([`-1/${SETTLEMENT}/${SETTLEMENT}`, `5/0x12/${SETTLEMENT}`, `5/${SETTLEMENT}/latest`])(
    "isn't named by %s",
    async (path) => {
      const answer = await get(makeTestServer(), path);
      expect([answer.statusCode, answer.json().code]).toEqual([400, "invalid_value"]);
    },
  );
});

describe("a validator's documents", () => {
  const metrics = noMetrics;
  const verdicts = { findDocument: (cid: string) => (cid === SETTLEMENT ? Uint8Array.of(1, 2) : undefined) };
  const gateway = aGuardGateway;
  const { health } = gateway;

  it("are served by their hash, by a guard and by a miner", async () => {
    for (const server of [
      createGuardServer({ gateway, metrics, verdicts }),
      createHealthServer({ health, metrics, verdicts }),
    ]) {
      const found = await server.inject(`/v1/verdicts/${SETTLEMENT}`);
      expect([found.statusCode, [...found.rawPayload]]).toEqual([200, [1, 2]]);
      expect((await server.inject(`/v1/verdicts/0x${"00".repeat(32)}`)).statusCode).toBe(404);
      expect((await server.inject("/v1/verdicts/latest")).statusCode).toBe(400);
    }
  });

  it("aren't there where no duties are done", async () => {
    const server = createGuardServer({ gateway, metrics });
    expect((await server.inject(`/v1/verdicts/${SETTLEMENT}`)).statusCode).toBe(404);
  });
});
