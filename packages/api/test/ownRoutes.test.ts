import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addressOfPrivateKey,
  hashAccess,
  hashDebit,
  parseReceiptDocument,
  paymentDomain,
  registryDomain,
  signDigest,
  typedDataDigest,
  verifyReceiptDocument,
} from "@cortensor/protocol";
import { createMetrics } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { makeTestServer, openTestServer, type TestServer } from "./openTestServer.js";
import {
  ACCOUNT,
  ADMIN_TOKEN,
  API_KEY,
  CHAIN_ID,
  MINER,
  OPERATOR,
  OWNER_KEY,
  PAYMENT,
  REGISTRY,
  ROUTER_KEY,
} from "./testGateway.js";

let open: (TestServer & { url: string }) | undefined;
afterEach(async () => {
  await open?.server.close();
  open = undefined;
});

const authorization = `Bearer ${API_KEY}`;
const domain = paymentDomain({ chainId: CHAIN_ID, payment: PAYMENT });

describe("the network's routes", () => {
  it("tell what a program needs to join", async () => {
    const { server } = makeTestServer({ info: () => ({ profile: { name: "local" }, wirePath: "/wire" }) });
    const info = (await server.inject("/api/v1/info")).json();
    expect(info).toMatchObject({
      name: "cortensor",
      version: "0.1.0",
      router: { address: addressOfPrivateKey(ROUTER_KEY), operator: OPERATOR },
      profile: { name: "local" },
      wirePath: "/wire",
    });
    expect(info.models[0]).toMatchObject({ id: "test-model", weiPerTokenIn: "10" });
  });

  it("show the network and its miners, money as decimal strings", async () => {
    const { server } = makeTestServer();
    expect((await server.inject("/api/v1/network")).json().totals.feesWei).toBe("0");
    expect((await server.inject("/api/v1/miners")).json().miners[0].address).toBe(MINER);
  });

  it("give a receipt that anyone can check, by its id in any form", async () => {
    const { server } = makeTestServer();
    const answer = await server.inject({
      method: "POST",
      url: "/v1/chat/completions",
      headers: { authorization },
      payload: { model: "test-model", messages: [{ role: "user", content: "say: x" }] },
    });
    const task = String(answer.headers["x-cortensor-task"]);
    for (const id of [task, task.slice(2).toUpperCase(), answer.json().id]) {
      const document = parseReceiptDocument((await server.inject(`/api/v1/receipts/${id}`)).json());
      const verdict = verifyReceiptDocument({
        document,
        domain: registryDomain({ chainId: CHAIN_ID, registry: REGISTRY }),
        routerSigner: addressOfPrivateKey(ROUTER_KEY),
      });
      expect(verdict).toEqual({ kind: "valid" });
    }
    const unknown = await server.inject(`/api/v1/receipts/0x${"00".repeat(32)}`);
    expect(unknown.statusCode).toBe(404);
    expect(unknown.json()).toMatchObject({ code: "receipt_not_found", status: 404 });
    expect((await server.inject("/api/v1/receipts/nonsense")).statusCode).toBe(400);
  });

  it("stream events to every listener, and end with the server", async () => {
    open = await openTestServer();
    const url = `${open.url}/api/v1/tasks/events`;
    const [one, two] = await Promise.all([fetch(url), fetch(url)]);
    open.gateway.emit({ kind: "minerJoined", miner: MINER, atMs: 5 });
    await open.server.close();
    for (const response of [one, two]) {
      const text = await response?.text();
      expect(text).toContain(`event: minerJoined\ndata: {"kind":"minerJoined","miner":"${MINER}","atMs":5}\n\n`);
    }
  });
});

describe("the money's routes", () => {
  it("sell a bearer for the owner's signature, and for no other's", async () => {
    const { server } = makeTestServer();
    const expires = 1_800_000_000;
    const digest = typedDataDigest(domain, hashAccess({ account: ACCOUNT, lane: OPERATOR, expires }));
    const ask = (signature: string) =>
      server.inject({ method: "POST", url: "/api/v1/access", payload: { account: ACCOUNT, expires, signature } });
    const opened = await ask(signDigest(digest, OWNER_KEY));
    expect(opened.statusCode).toBe(200);
    const lane = await server.inject({
      url: "/api/v1/lane",
      headers: { authorization: `Bearer ${opened.json().bearer}` },
    });
    expect(lane.json()).toMatchObject({ account: ACCOUNT, lane: OPERATOR, allotmentWei: "1000000" });
    const refused = await ask(signDigest(digest, ROUTER_KEY));
    expect(refused.statusCode).toBe(403);
    expect(refused.json()).toMatchObject({ code: "access_refused" });
    expect((await ask("0x12")).json()).toMatchObject({ code: "invalid_value", param: "signature" });
  });

  it("take a debit by its signature, and refuse a forged one without a change", async () => {
    const { server, gateway } = makeTestServer();
    const debit = {
      account: ACCOUNT,
      lane: OPERATOR,
      cumulativeWei: 12_345_678_901_234_567_890n,
      receiptsRoot: `0x${"77".repeat(32)}` as const,
      count: 3,
      epoch: 1,
    };
    const send = (signature: string) =>
      server.inject({
        method: "POST",
        url: "/api/v1/debits",
        payload: { debit: { ...debit, cumulativeWei: debit.cumulativeWei.toString() }, signature },
      });
    const digest = typedDataDigest(domain, hashDebit(debit));
    expect((await send(signDigest(digest, ROUTER_KEY))).statusCode).toBe(409);
    expect(gateway.seen.debits).toEqual([]);
    expect((await send(signDigest(digest, OWNER_KEY))).json()).toEqual({ accepted: true });
    expect(gateway.seen.debits[0]?.debit).toEqual(debit);
  });

  it("show an account what it is promised, how it was served, and what it gets back", async () => {
    const { server } = makeTestServer();
    const answer = await server.inject({ url: "/api/v1/service", headers: { authorization: `Bearer ${API_KEY}` } });
    const figures = { asked: 20, answered: 17, first: 17, late: 2 };
    expect(answer.json()).toEqual({
      account: ACCOUNT,
      sla: 1,
      promise: { nodeLevelMin: 1, firstTokenMs: 30_000, availabilityBps: 9_000, creditBps: 50 },
      credits: [{ reason: "sla", fromEpoch: 3, epoch: 4, sla: 1, figures, wei: "43", state: "owed" }],
    });
    expect((await server.inject("/api/v1/service")).statusCode).toBe(401);
  });

  it("show a lane to nobody without a key", async () => {
    const { server } = makeTestServer();
    const answer = await server.inject("/api/v1/lane");
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  });
});

describe("the operator's routes", () => {
  const admin = `Bearer ${ADMIN_TOKEN}`;
  it("make a key that works until it is revoked", async () => {
    const { server } = makeTestServer();
    const made = await server.inject({
      method: "POST",
      url: "/api/v1/admin/keys",
      headers: { authorization: admin },
      payload: { account: 3, name: "shop", budgetWei: "1000" },
    });
    expect(made.statusCode).toBe(201);
    const { key, keyHash } = made.json();
    const models = () => server.inject({ url: "/v1/models", headers: { authorization: `Bearer ${key}` } });
    expect((await models()).statusCode).toBe(200);
    const revoke = () =>
      server.inject({ method: "DELETE", url: `/api/v1/admin/keys/${keyHash}`, headers: { authorization: admin } });
    expect((await revoke()).statusCode).toBe(200);
    expect((await models()).statusCode).toBe(401);
    expect((await revoke()).statusCode).toBe(404);
  });

  it("are closed to customers' keys", async () => {
    const { server } = makeTestServer();
    for (const given of ["", authorization]) {
      const answer = await server.inject({
        method: "POST",
        url: "/api/v1/admin/keys",
        headers: { authorization: given },
        payload: { account: 3, name: "shop" },
      });
      expect(answer.statusCode).toBe(401);
    }
  });

  it("refuse a budget that isn't whole wei", async () => {
    const { server } = makeTestServer();
    const answer = await server.inject({
      method: "POST",
      url: "/api/v1/admin/keys",
      headers: { authorization: admin },
      payload: { account: 3, name: "shop", budgetWei: "1.5" },
    });
    expect(answer.json()).toMatchObject({ code: "invalid_value", param: "budgetWei" });
  });
});

describe("health, metrics, pages and other origins", () => {
  it("says when it isn't ready, and why", async () => {
    const { server, gateway } = makeTestServer();
    expect((await server.inject("/health")).json()).toEqual({ live: true });
    gateway.health = () => ({ live: true, ready: false, reasons: ["no miner is connected"] });
    const answer = await server.inject("/ready");
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ ready: false, reasons: ["no miner is connected"] });
  });

  it("serves metrics where there are some", async () => {
    const metrics = createMetrics();
    metrics.counter({ name: "tasks_total", help: "Tasks." }).add({}, 3);
    const { server } = makeTestServer({ metrics });
    expect((await server.inject("/metrics")).body).toContain("cortensor_tasks_total 3");
    expect((await makeTestServer().server.inject("/metrics")).statusCode).toBe(404);
  });

  it("serves the dashboard's files beside the routes", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cortensor-pages-"));
    writeFileSync(join(folder, "index.html"), "<p>dashboard</p>");
    const { server } = makeTestServer({ staticFolder: folder });
    expect((await server.inject("/")).body).toBe("<p>dashboard</p>");
    expect((await server.inject("/../package.json")).statusCode).toBe(404);
    expect((await server.inject("/health")).statusCode).toBe(200);
    rmSync(folder, { recursive: true });
  });

  it("answers browsers of allowed origins alone", async () => {
    const { server } = makeTestServer({ cors: ["https://app.example"] });
    const ask = (origin: string) =>
      server.inject({
        method: "OPTIONS",
        url: "/v1/chat/completions",
        headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
      });
    const allowed = await ask("https://app.example");
    expect(allowed.statusCode).toBe(204);
    expect(allowed.headers["access-control-allow-origin"]).toBe("https://app.example");
    expect(allowed.headers["access-control-allow-headers"]).toBe("authorization");
    expect((await ask("https://evil.example")).headers["access-control-allow-origin"]).toBeUndefined();
  });
});
