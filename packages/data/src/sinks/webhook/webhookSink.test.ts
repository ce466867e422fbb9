import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import { createManualClock } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { aRecord, NOW_MS, someRecords, word } from "../compliance/makers.js";
import { openSink } from "../openSink.js";
import { formatSinkRecord } from "../record/sinkRecord.js";
import type { Sink } from "../sink.js";
import { parseSinkTarget } from "../target/parseSinkTarget.js";
import { OWN_POLICY, STRANGERS_POLICY } from "../target/sinkPolicy.js";
import { signWebhook, verifyWebhook, WEBHOOK_TOLERANCE_SECONDS } from "./signWebhook.js";

const SESSION = word("session");
const NEVER = new AbortController().signal;
const KEY = Buffer.alloc(32, 7);
const SECRET = `whsec_${KEY.toString("base64")}`;
const BATCH = { session: SESSION, records: someRecords(SESSION, 1, 2), goneThrough: 0 };

type Got = { readonly headers: IncomingHttpHeaders; readonly body: string; readonly path: string | undefined };
const servers: Server[] = [];
const sinks: Sink[] = [];

afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A receiver that keeps what it got, and answers as it is told. */
async function aReceiver(answer: (response: ServerResponse) => void): Promise<{ port: number; got: Got[] }> {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      got.push({ headers: request.headers, body, path: request.url });
      answer(response);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { port: typeof address === "object" && address ? address.port : 0, got };
}

const withStatus =
  (status: number, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(status, headers).end("thanks");

function aSink(port: number, over: { host?: string; policy?: typeof OWN_POLICY; addresses?: string[][] } = {}): Sink {
  const { host = "127.0.0.1", policy = OWN_POLICY, addresses = [] } = over;
  const target = parseSinkTarget(`http://${host}:${port}/in?k=1#${SECRET}`);
  const resolve = async () => addresses.shift() ?? [];
  const sink = openSink(target, { policy, clock: createManualClock(NOW_MS), resolve });
  sinks.push(sink);
  return sink;
}

describe("a webhook", () => {
  it("gets a batch as one signed event, which its secret proves", async () => {
    const { port, got } = await aReceiver(withStatus(204));
    expect(await aSink(port).deliver(BATCH, NEVER)).toEqual({ kind: "delivered", through: 2 });
    const [{ headers, body, path } = { headers: {}, body: "", path: "" }] = got;
    expect(path).toBe("/in?k=1");
    const event: unknown = JSON.parse(body);
    const records: unknown = BATCH.records.map((record) => JSON.parse(formatSinkRecord(record)));
    const said = { type: "cortensor.session.records", session: SESSION, first: 1, last: 2, goneThrough: 0, records };
    expect(event).toEqual(said);
    const parts = { id: String(headers["webhook-id"]), timestamp: Number(headers["webhook-timestamp"]), body };
    const check = { signature: String(headers["webhook-signature"]), secret: KEY, nowSeconds: NOW_MS / 1_000 };
    expect(parts.timestamp).toBe(NOW_MS / 1_000);
    expect(headers["idempotency-key"]).toBe(parts.id);
    expect(verifyWebhook(parts, check)).toBe(true);
    expect(verifyWebhook({ ...parts, body: `${body} ` }, check)).toBe(false);
    expect(verifyWebhook({ ...parts, id: "msg_other" }, check)).toBe(false);
    expect(verifyWebhook(parts, { ...check, secret: Buffer.alloc(32, 8) })).toBe(false);
    expect(verifyWebhook(parts, { ...check, signature: "" })).toBe(false);
    const late = check.nowSeconds + WEBHOOK_TOLERANCE_SECONDS + 1;
    expect(verifyWebhook(parts, { ...check, nowSeconds: late })).toBe(false);
  });

  it("gets the same id for the same batch, and another for another", async () => {
    const { port, got } = await aReceiver(withStatus(200));
    const sink = aSink(port);
    await sink.deliver(BATCH, NEVER);
    await sink.deliver(BATCH, NEVER);
    await sink.deliver({ ...BATCH, records: BATCH.records.slice(0, 1) }, NEVER);
    const ids = got.map(({ headers }) => headers["webhook-id"]);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
    expect(got[0]?.body).toBe(got[1]?.body);
  });

  it("is signed as Standard Webhooks has it", () => {
    // The scheme's own published example.
    const secret = Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64");
    const parts = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
    expect(signWebhook(parts, secret)).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });

  it("can't be asked what it has", async () => {
    expect(await aSink(1).head(SESSION, NEVER)).toBe("unknown");
  });

  it.each([
    [400, { kind: "refused", reason: "400" }],
    [413, { kind: "refused", reason: "413" }],
    [422, { kind: "refused", reason: "422" }],
  ])("refuses a batch by %i", async (status, outcome) => {
    const { port } = await aReceiver(withStatus(status));
    expect(await aSink(port).deliver(BATCH, NEVER)).toEqual(outcome);
  });

  it.each([
    [401, "SINK_ACCESS_DENIED"],
    [403, "SINK_ACCESS_DENIED"],
    [404, "SINK_STATUS"],
    [410, "SINK_STATUS"],
    [429, "SINK_STATUS"],
    [500, "SINK_STATUS"],
    [301, "SINK_REDIRECTED"],
    [307, "SINK_REDIRECTED"],
  ])("that answers %i has taken nothing", async (status, code) => {
    const other = await aReceiver(withStatus(200));
    const { port } = await aReceiver(withStatus(status, { location: `http://127.0.0.1:${other.port}/` }));
    await expect(aSink(port).deliver(BATCH, NEVER)).rejects.toMatchObject({ code, isRetryable: true });
    expect(other.got).toEqual([]);
  });

  it("that isn't there, or hangs up, is said to be unreachable", async () => {
    const { port } = await aReceiver((response) => void response.destroy());
    await expect(aSink(port).deliver(BATCH, NEVER)).rejects.toMatchObject({ code: "SINK_UNREACHABLE" });
    await expect(aSink(1).deliver(BATCH, NEVER)).rejects.toMatchObject({
      data: { code: "SINK_UNREACHABLE", reason: "ECONNREFUSED" },
    });
  });

  it("that never answers is given up when it is told so", async () => {
    const stop = new AbortController();
    const { port } = await aReceiver(() => stop.abort(new Error("stop")));
    await expect(aSink(port).deliver(BATCH, stop.signal)).rejects.toThrow("stop");
  });

  it("isn't reached at an address that the operator doesn't allow, by address or by name", async () => {
    const { port, got } = await aReceiver(withStatus(200));
    const refused = { code: "SINK_ADDRESS_REFUSED", address: "127.0.0.1" };
    const byAddress = aSink(port, { policy: STRANGERS_POLICY });
    await expect(byAddress.deliver(BATCH, NEVER)).rejects.toMatchObject({ data: refused });
    const byName = aSink(port, { host: "hook.example", policy: STRANGERS_POLICY, addresses: [["127.0.0.1"]] });
    await expect(byName.deliver(BATCH, NEVER)).rejects.toMatchObject({ data: refused });
    expect(got).toEqual([]);
  });

  it("is dialled at the address that was checked, whatever its name says a moment later", async () => {
    const { port, got } = await aReceiver(withStatus(200));
    // The name leads nowhere on this machine: only the address given here can reach the receiver, and is asked for once.
    const sink = aSink(port, { host: "rebound.invalid", addresses: [["127.0.0.1"], ["127.0.0.9"]] });
    await sink.deliver(BATCH, NEVER);
    expect(got.map(({ headers }) => headers.host)).toEqual([`rebound.invalid:${port}`]);
  });

  it("quotes neither its secret nor its path nor a prompt in what it throws", async () => {
    const { port } = await aReceiver(withStatus(500));
    const failure: unknown = await aSink(port)
      .deliver({ ...BATCH, records: [aRecord(SESSION, 1, { prompt: "hunter2" })] }, NEVER)
      .catch((error: unknown) => error);
    const shown = JSON.stringify(failure) + String(failure);
    expect(shown).toContain("SINK_STATUS");
    for (const secret of ["hunter2", "k=1", SECRET.slice(6)]) expect(shown).not.toContain(secret);
  });
});
