import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApiServer } from "@cortensor/api";
import {
  createMemoryOutbox,
  createMemorySinkStore,
  createSinkVault,
  NO_SINK_METRICS,
  type OutboxBounds,
  OWN_POLICY,
  parseSinkTarget,
} from "@cortensor/data";
import { hashAccess, paymentDomain, signDigest, typedDataDigest } from "@cortensor/protocol";
import { Secret, silentLogger, systemClock } from "@cortensor/runtime";
import { openDriver } from "../../data/src/sinks/openSink.js";
import type { SinkParts } from "../src/index.js";
import { PROFILE } from "./fakeChain.js";
import { ACCOUNT, API_KEY, keyOf, OPERATOR, onTearDown, type TestRouter } from "./testNetwork.js";

/** All that a router needs for sinks, in memory. */
export function someSinks(over: Partial<SinkParts> = {}, bounds: Partial<OutboxBounds> = {}): SinkParts {
  return {
    store: createMemorySinkStore(),
    outbox: createMemoryOutbox({ clock: systemClock, bounds }),
    vault: createSinkVault(new Secret(new Uint8Array(32).fill(1))),
    policy: OWN_POLICY,
    metrics: NO_SINK_METRICS,
    ...over,
  };
}

/** The target of a file that is gone after the test. */
export function aFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "sink-"));
  onTearDown(() => rmSync(folder, { recursive: true, force: true }));
  return `sqlite:${join(folder, "answers.db")}`;
}

export type Door = {
  readonly url: string;
  readonly call: (method: "GET" | "POST" | "DELETE", path: string, parts?: CallParts) => Promise<Said>;
  /** The bearer that the session owner's signature buys. */
  readonly owner: () => Promise<string>;
};
type CallParts = { readonly bearer?: string; readonly body?: unknown };
export type Said = { readonly status: number; readonly json: Record<string, unknown>; readonly text: string };

const JSON_TYPE = { "content-type": "application/json" };

/** A router's HTTP. */
export async function openDoor({ gateway }: Pick<TestRouter, "gateway">): Promise<Door> {
  const server = createApiServer({ gateway, log: silentLogger, version: "test", cors: "any" });
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  onTearDown(() => server.close());
  const call: Door["call"] = async (method, path, { bearer = API_KEY, body } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${bearer}`, ...(body === undefined ? {} : JSON_TYPE) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, json: text.startsWith("{") ? JSON.parse(text) : {} };
  };
  return {
    url,
    call,
    async owner() {
      const expires = Math.floor(Date.now() / 1_000) + 3_600;
      const domain = paymentDomain({ chainId: PROFILE.chainId, payment: PROFILE.addresses.sessionPayment });
      const digest = typedDataDigest(domain, hashAccess({ account: ACCOUNT, lane: OPERATOR, expires }));
      const signature = signDigest(digest, keyOf("operator"));
      const { json } = await call("POST", "/api/v1/access", { body: { account: ACCOUNT, expires, signature } });
      return String(json.bearer);
    },
  };
}

/** A completion by the test key: its answer and its receipt's id. */
export async function complete({ call }: Door, model: string, prompt: string): Promise<Said> {
  return call("POST", "/v1/completions", { body: { model, prompt, max_tokens: 8 } });
}

export type Row = Readonly<Record<string, unknown>>;

/** The rows of a sink, by sequence. */
export async function rowsOf(text: string): Promise<readonly Row[]> {
  const target = parseSinkTarget(text);
  if (target.kind === "webhook") throw new Error("not a database");
  const driver = openDriver(target, { policy: OWN_POLICY });
  const db = await driver.connect(new AbortController().signal);
  try {
    return await db.query(`SELECT * FROM ${driver.dialect.table("records")} ORDER BY sequence`);
  } finally {
    await db.close();
  }
}
