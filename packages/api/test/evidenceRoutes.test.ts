import { parseBodyDocument, parseProvenCheckpoint, parseResultProof } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { makeTestServer, openTestServer, type TestServer } from "./openTestServer.js";
import { SOME_BODY } from "./someBody.js";
import { ADMIN_TOKEN, API_KEY, AUDITOR_TOKEN } from "./testGateway.js";

const asked = async ({ server }: TestServer): Promise<string> => {
  const answer = await server.inject({
    method: "POST",
    url: "/v1/chat/completions",
    headers: { authorization: `Bearer ${API_KEY}` },
    payload: { model: "test-model", messages: [{ role: "user", content: "say: one two" }] },
  });
  return String(answer.headers["x-cortensor-task"]);
};
const get = ({ server }: TestServer, path: string, bearer?: string) =>
  server.inject({ url: path, headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` } });

describe("evidence", () => {
  it("are given to whoever asked the task, and to auditors, not to be kept on the way", async () => {
    const test = makeTestServer();
    const taskId = await asked(test);
    for (const bearer of [API_KEY, AUDITOR_TOKEN]) {
      const answer = await get(test, `/api/v1/evidence/${taskId}`, bearer);
      expect([answer.statusCode, answer.headers["cache-control"]]).toEqual([200, "no-store"]);
      const { bodies, missing, checkpoints, proofs, ...rest } = answer.json();
      expect(rest).toEqual({ taskId });
      expect(missing).toHaveLength(1);
      expect(bodies.map(parseBodyDocument)).toEqual([SOME_BODY]);
      expect(proofs.map(parseResultProof)).toMatchObject([{ result: missing[0] }]);
      expect(checkpoints.map(parseProvenCheckpoint)).toMatchObject([{ checkpoint: { taskId, position: 32 } }]);
    }
  });

  it("are closed to strangers, other customers, and an operator's other token", async () => {
    const test = makeTestServer();
    const taskId = await asked(test);
    for (const bearer of [undefined, "ck-nobody", ADMIN_TOKEN]) {
      const answer = await get(test, `/api/v1/evidence/${taskId}`, bearer);
      expect([answer.statusCode, answer.json().code]).toEqual([401, "invalid_api_key"]);
    }
    const other = await get(test, `/api/v1/evidence/${taskId}`, "ck-poor");
    expect([other.statusCode, other.json().code]).toEqual([403, "evidence_refused"]);
    expect(other.body).not.toContain("say: it");
  });

  it("aren't there for a task without a receipt, nor for what names none", async () => {
    const test = makeTestServer();
    const unknown = await get(test, `/api/v1/evidence/0x${"00".repeat(32)}`, AUDITOR_TOKEN);
    expect([unknown.statusCode, unknown.json().code]).toEqual([404, "receipt_not_found"]);
    const malformed = await get(test, "/api/v1/evidence/latest", AUDITOR_TOKEN);
    expect([malformed.statusCode, malformed.json().code]).toEqual([400, "invalid_value"]);
  });

  it("are listed for auditors alone, the latest first", async () => {
    const test = makeTestServer();
    const [first, second] = [await asked(test), await asked(test)];
    expect((await get(test, "/api/v1/evidence?last=5", AUDITOR_TOKEN)).json()).toEqual({ taskIds: [second, first] });
    expect((await get(test, "/api/v1/evidence?last=1", AUDITOR_TOKEN)).json()).toEqual({ taskIds: [second] });
    for (const bearer of [undefined, API_KEY, ADMIN_TOKEN]) {
      expect((await get(test, "/api/v1/evidence?last=5", bearer)).statusCode).toBe(401);
    }
    for (const last of ["", "0", "1001", "two", "1.5"]) {
      expect((await get(test, `/api/v1/evidence?last=${last}`, AUDITOR_TOKEN)).statusCode).toBe(400);
    }
  });

  it("can be asked for again and again: an answered one takes no room", async () => {
    const open = await openTestServer();
    try {
      const taskId = await asked(open);
      const headers = { authorization: `Bearer ${API_KEY}` };
      for (let ask = 0; ask < 12; ask += 1) {
        const answer = await fetch(`${open.url}/api/v1/evidence/${taskId}`, { headers });
        expect([answer.status, (await answer.json()).taskId]).toEqual([200, taskId]);
      }
    } finally {
      await open.server.close();
    }
  });
});
