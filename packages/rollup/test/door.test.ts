import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Address, addressOfPrivateKey, gateDomain, type MemberRole, signDoorWord } from "@cortensor/protocol";
import { createManualClock } from "@cortensor/runtime";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DoorEntry, type DoorServer, hashDoorKey, startDoorAgent, startRpcDoor } from "../src/index.js";

const CHAIN_ID = 41_001;
const GATE: Address = `0x${"aa".repeat(20)}`;
const OTHER: Address = `0x${"bb".repeat(20)}`;
const DOMAIN = gateDomain({ chainId: CHAIN_ID, gate: GATE });
const NOW = 1_700_000_000;
const API_KEY = "a-key-that-the-network-gave";
const ISSUER = "https://id.example";
const RULES = { issuer: ISSUER, audience: "clinic" };

const member = person("11");
const auditor = person("22");
const stranger = person("33");

function person(byte: string) {
  const key = `0x${byte.repeat(32)}` as const;
  return { key, account: addressOfPrivateKey(key) };
}

const base64Url = (json: unknown) => Buffer.from(JSON.stringify(json)).toString("base64url");

/** A token as a provider makes it; each part may be another. */
function tokenOf(
  key: KeyObject,
  { alg = "ES256", kid = "k1", ...claims }: Readonly<Record<string, unknown>> = {},
): string {
  const body = `${base64Url({ alg, kid })}.${base64Url({ iss: ISSUER, aud: "clinic", sub: "ann", exp: NOW + 60, ...claims })}`;
  const hash = alg === "EdDSA" ? null : "sha256";
  return `${body}.${sign(hash, Buffer.from(body), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

describe("the RPC door of a private network", () => {
  const folder = mkdtempSync(join(tmpdir(), "cortensor-door-"));
  const provider = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const small = generateKeyPairSync("rsa", { modulusLength: 1_024 });
  const clock = createManualClock(NOW * 1_000);
  const roles = new Map<Address, MemberRole>();
  const entries: DoorEntry[] = [];
  const asked: unknown[] = [];
  let chain: Server;
  let door: DoorServer;
  let isAway = false;

  beforeAll(async () => {
    // What is behind the door: it says what it was asked.
    chain = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(Buffer.from(part));
      const body: unknown = JSON.parse(Buffer.concat(parts).toString("utf8"));
      asked.push(body);
      response.end(JSON.stringify({ jsonrpc: "2.0", id: 1, result: "0x1" }));
    });
    await new Promise<void>((resolve) => chain.listen(0, "127.0.0.1", resolve));
    const at = chain.address();
    if (at === null || typeof at === "string") throw new Error("no port");
    const keysPlace = join(folder, "keys.json");
    const jwks = [
      { ...provider.publicKey.export({ format: "jwk" }), kid: "k1", use: "sig" },
      { ...small.publicKey.export({ format: "jwk" }), kid: "small" },
    ];
    writeFileSync(keysPlace, JSON.stringify({ keys: jwks }));
    door = await startRpcDoor({
      ...{ host: "127.0.0.1", port: 0, chainUrl: `http://127.0.0.1:${at.port}`, chainId: CHAIN_ID, gate: GATE, clock },
      readRole: async (account) => {
        if (isAway) throw new Error("away");
        return roles.get(account) ?? "none";
      },
      keys: new Map([[hashDoorKey(API_KEY), member.account]]),
      provider: { ...RULES, keysPlace, accountOf: new Map([["ann", member.account]]) },
      onEntry: (entry) => void entries.push(entry),
      onError: () => undefined,
    });
  });
  afterAll(async () => {
    await door.close();
    chain.closeAllConnections();
    await new Promise((resolve) => chain.close(resolve));
    rmSync(folder, { recursive: true });
  });
  beforeEach(async () => {
    roles.clear();
    roles.set(member.account, "member").set(auditor.account, "auditor");
    isAway = false;
    await clock.advance(10_000);
    entries.length = 0;
    asked.length = 0;
  });

  const nowSeconds = () => Math.floor(clock.nowMs() / 1_000);
  const wordOf = ({ key, account }: typeof member, more = {}) =>
    signDoorWord({ account, issued: nowSeconds(), expires: nowSeconds() + 600, ...more }, DOMAIN, key);

  async function post(bearer: string | undefined, body: unknown, headers = {}) {
    const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(door.url, { method: "POST", body: text, headers: { ...authorization, ...headers } });
    return { status: response.status, text: await response.text() };
  }
  const call = (method: string, params: readonly unknown[] = []) => ({ jsonrpc: "2.0", id: 1, method, params });

  it("lets a member in by its own word, by a key and by its provider's token", async () => {
    const token = tokenOf(provider.privateKey, { exp: nowSeconds() + 60 });
    for (const bearer of [wordOf(member), API_KEY, token]) {
      expect(await post(bearer, call("eth_blockNumber"))).toMatchObject({ status: 200 });
    }
    expect(asked).toEqual(Array(3).fill(call("eth_blockNumber")));
    const passed = { account: member.account, role: "member", method: "eth_blockNumber", outcome: "passed" };
    expect(entries).toMatchObject([
      { ...passed, by: "word" },
      { ...passed, by: "key" },
      { ...passed, by: "token" },
    ]);
  });

  it("refuses an outsider before anything reaches the chain, whatever it shows", async () => {
    const outsiders = [
      undefined,
      wordOf(stranger),
      wordOf({ ...stranger, account: member.account }),
      wordOf(member, { expires: nowSeconds() }),
      "another-key",
      tokenOf(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey, { exp: nowSeconds() + 60 }),
      tokenOf(provider.privateKey, { exp: nowSeconds() }),
      tokenOf(provider.privateKey, { exp: nowSeconds() + 60, nbf: nowSeconds() + 30 }),
      tokenOf(provider.privateKey, { exp: nowSeconds() + 60, aud: "another" }),
      tokenOf(provider.privateKey, { exp: nowSeconds() + 60, iss: "https://other.example" }),
      tokenOf(provider.privateKey, { exp: nowSeconds() + 60, sub: "eve" }),
      tokenOf(small.privateKey, { exp: nowSeconds() + 60, alg: "RS256", kid: "small" }),
      `${base64Url({ alg: "none", kid: "k1" })}.${base64Url({ iss: ISSUER, aud: "clinic", sub: "ann", exp: nowSeconds() + 60 })}.`,
      "x".repeat(9_000),
    ];
    for (const bearer of outsiders) {
      const said = await post(bearer, call("eth_chainId"));
      expect([said.status, said.text]).toEqual([401, expect.stringContaining("no member of this network")]);
    }
    expect(asked).toEqual([]);
    expect(entries.map(({ reason }) => reason)).toEqual([
      ...["noBearer", "notAMember", "otherSigner", "expired", "unknownKey", "badSignature", "expired", "notYet"],
      ...["otherAudience", "otherIssuer", "unknownSubject", "unknownKey", "unknownKey", "malformed"],
    ]);
  });

  it("refuses a revoked member within two seconds, by each of its ways in", async () => {
    const ways = [wordOf(member), API_KEY, tokenOf(provider.privateKey, { exp: nowSeconds() + 60 })];
    for (const bearer of ways) expect((await post(bearer, call("eth_chainId"))).status).toBe(200);
    roles.delete(member.account);
    await clock.advance(2_000);
    for (const bearer of ways) expect((await post(bearer, call("eth_chainId"))).status).toBe(401);
  });

  it("opens no method that changes the chain from outside, nor one that nobody named", async () => {
    for (const method of [
      "anvil_setBalance",
      "evm_mine",
      "debug_traceTransaction",
      "eth_accounts",
      "eth_sendTransaction",
    ]) {
      const { text } = await post(wordOf(member), call(method));
      expect(text).toContain(`${method} is not open to member`);
    }
    const batch = [call("eth_chainId"), call("evm_mine")];
    expect((await post(wordOf(member), batch)).text).toContain("evm_mine is not open");
    expect(asked).toEqual([]);
  });

  it("shows auditors metadata alone: heads, headers and the gate's own events", async () => {
    const word = wordOf(auditor);
    const open = [
      call("eth_blockNumber"),
      call("eth_getBlockByNumber", ["latest", false]),
      call("eth_getLogs", [{ address: GATE, fromBlock: "0x0" }]),
      call("eth_call", [{ to: GATE, data: "0x" }, "latest"]),
    ];
    for (const body of open) await post(word, body);
    expect(asked).toEqual(open);
    const shut = [
      call("eth_getBlockByNumber", ["latest", true]),
      call("eth_getBlockByNumber", ["latest"]),
      call("eth_getLogs", [{ address: OTHER }]),
      call("eth_getLogs", [{ address: [GATE, OTHER] }]),
      call("eth_getLogs", [{}]),
      call("eth_call", [{ to: OTHER, data: "0x" }, "latest"]),
      call("eth_call", [{ to: GATE, data: "0x" }, "latest", { [GATE]: { code: "0x" } }]),
      call("eth_getTransactionByHash", [`0x${"00".repeat(32)}`]),
      call("eth_sendRawTransaction", ["0x00"]),
    ];
    for (const body of shut) expect((await post(word, body)).text).toContain("is not open to auditor");
    expect(asked).toEqual(open);
  });

  it("refuses what isn't one of its requests, what is too large, and a page of another origin", async () => {
    const word = wordOf(member);
    for (const body of ["{", "[]", { ...call("eth_chainId"), more: 1 }, Array(65).fill(call("eth_chainId"))]) {
      expect((await post(word, body)).text).toContain("not a JSON-RPC request");
    }
    expect((await post(word, "x".repeat(1_048_577))).status).toBe(413);
    expect((await post(word, call("eth_chainId"), { origin: "https://evil.example" })).status).toBe(403);
    expect(asked).toEqual([]);
  });

  it("believes nobody while the chain doesn't answer", async () => {
    isAway = true;
    expect((await post(wordOf(member), call("eth_chainId"))).status).toBe(503);
  });

  it("is entered by a member's agent, which signs for each request, and goes on when a word has ended", async () => {
    const { key, account } = member;
    const shared = { doorUrl: door.url, chainId: CHAIN_ID, gate: GATE, clock, onError: () => undefined };
    const agent = await startDoorAgent({ ...shared, port: 0, account, key });
    const ask = () => fetch(agent.url, { method: "POST", body: JSON.stringify(call("eth_blockNumber")) });
    try {
      expect((await ask()).status).toBe(200);
      await clock.advance(3_600_000);
      expect((await ask()).status).toBe(200);
      roles.delete(account);
      await clock.advance(2_000);
      expect((await ask()).status).toBe(401);
    } finally {
      await agent.close();
    }
  });
});
