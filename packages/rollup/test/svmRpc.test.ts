import { request } from "node:http";
import { createManualClock } from "@cortensor/runtime";
import {
  createSolanaRpc,
  devnet,
  generateKeyPairSigner,
  isSolanaError,
  lamports,
  signature as toSignature,
} from "@solana/kit";
import { TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningSvm, startSvm } from "../src/index.js";
import { FINAL_SLOTS, startCluster } from "./solanaWorld.js";

/** A cluster that may give lamports is a test cluster to kit. */
const connect = (url: string) => createSolanaRpc(devnet(url));

describe("the SVM's RPC", () => {
  let svm: RunningSvm;
  let rpc: ReturnType<typeof connect>;
  beforeAll(async () => {
    svm = await startCluster();
    rpc = connect(svm.url);
  });
  afterAll(() => svm.stop());
  const post = async (body: string) => (await fetch(svm.url, { method: "POST", body })).json();
  const ask = (method: string, params: unknown = []) => post(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));

  it("shows what stands at each commitment, and what was there before", async () => {
    const to = await generateKeyPairSigner();
    const gift = await rpc.requestAirdrop(to.address, lamports(5_000_000n)).send();
    const at = async (commitment: "processed" | "confirmed" | "finalized") =>
      (await rpc.getBalance(to.address, { commitment }).send()).value;
    const status = async () => (await rpc.getSignatureStatuses([gift]).send()).value[0]?.confirmationStatus;
    expect([await at("processed"), await at("confirmed"), await at("finalized")]).toEqual([5_000_000n, 0n, 0n]);
    expect(await status()).toBe("processed");
    svm.advance(2);
    expect([await at("confirmed"), await at("finalized"), await status()]).toEqual([5_000_000n, 0n, "confirmed"]);
    svm.advance(FINAL_SLOTS);
    expect([await at("finalized"), await status()]).toEqual([5_000_000n, "finalized"]);
    const listed = await rpc.getSignaturesForAddress(to.address, { commitment: "finalized" }).send();
    expect(listed.map(({ signature }) => signature)).toEqual([gift]);
  });

  it("shows accounts, token accounts and amounts as a client reads them", async () => {
    const owner = await generateKeyPairSigner();
    const token = await svm.faucet.giveCor(owner.address, 1_500_000_000n);
    const { mint } = svm.faucet;
    const commitment = "processed";
    const amount = await rpc.getTokenAccountBalance(token, { commitment }).send();
    expect(amount.value).toMatchObject({ amount: "1500000000", decimals: 9, uiAmountString: "1.5" });
    const config = { commitment, encoding: "base64" } as const;
    for (const by of [{ mint }, { programId: TOKEN_PROGRAM_ADDRESS }]) {
      const { value } = await rpc.getTokenAccountsByOwner(owner.address, by, config).send();
      expect(value.map(({ pubkey }) => pubkey)).toEqual([token]);
    }
    const { value } = await rpc.getMultipleAccounts([token, owner.address], config).send();
    expect(value).toMatchObject([{ owner: TOKEN_PROGRAM_ADDRESS, space: 165n }, null]);
    const rent = await rpc.getMinimumBalanceForRentExemption(165n).send();
    expect(value[0]?.lamports).toBe(rent);
  });

  it("lists a program's accounts by equal bytes and size, and refuses a filter that it doesn't know", async () => {
    const owner = await generateKeyPairSigner();
    const token = await svm.faucet.giveCor(owner.address, 3n);
    const memcmp = (offset: number, bytes: string) => ({ memcmp: { offset, bytes, encoding: "base58" } });
    const list = async (...filters: readonly unknown[]) => {
      const config = { commitment: "processed", encoding: "base64", filters };
      const { result } = await ask("getProgramAccounts", [TOKEN_PROGRAM_ADDRESS, config]);
      return Array.isArray(result) ? result.map(({ pubkey }) => pubkey) : result;
    };
    expect(await list(memcmp(32, owner.address), { dataSize: 165 })).toEqual([token]);
    expect(await list(memcmp(32, owner.address), { dataSize: 82 })).toEqual([]);
    expect(await list(memcmp(0, owner.address))).toEqual([]);
    const unknown = { filters: [{ tokenAccountState: true }] };
    expect(await ask("getProgramAccounts", [TOKEN_PROGRAM_ADDRESS, unknown])).toMatchObject({
      error: { code: -32602 },
    });
  });

  it("tells where it is, and lets a blockhash go after 150 slots", async () => {
    expect(await rpc.getHealth().send()).toBe("ok");
    const info = await rpc.getEpochInfo({ commitment: "processed" }).send();
    expect(info.absoluteSlot).toBe(BigInt(svm.slot()));
    const { value } = await rpc.getLatestBlockhash({ commitment: "processed" }).send();
    const isValid = async () => (await rpc.isBlockhashValid(value.blockhash, { commitment: "processed" }).send()).value;
    svm.advance(150);
    expect(await isValid()).toBe(true);
    svm.advance(1);
    expect(await isValid()).toBe(false);
    const time = await rpc.getBlockTime(BigInt(svm.slot())).send();
    expect(Number(time)).toBe(1_700_000_000 + Math.floor(((svm.slot() - 32) * 400) / 1_000));
  });

  it.each([
    ["no JSON", "{", -32_700],
    ["a batch", "[]", -32_600],
    ["no version", `{"id":1,"method":"getSlot"}`, -32_600],
    ["a field too many", `{"jsonrpc":"2.0","id":1,"method":"getSlot","other":1}`, -32_600],
  ])("refuses %s", async (_what, body, code) => {
    expect(await post(body)).toMatchObject({ error: { code } });
  });

  it.each([
    ["a method that isn't there", "simulateEverything", [], -32_601],
    ["an address that is none", "getBalance", ["11"], -32_602],
    ["a setting that it doesn't know", "getSlot", [{ commitment: "finalized", other: 1 }], -32_602],
    ["a commitment that there isn't", "getSlot", [{ commitment: "max" }], -32_602],
    ["a parameter too many", "getSlot", [{}, {}], -32_602],
    ["parameters by name", "getSlot", { commitment: "finalized" }, -32_602],
    ["a slot that hasn't come", "getSlot", [{ minContextSlot: 1e9 }], -32_016],
    ["more signatures than a page has", "getSignaturesForAddress", [TOKEN_PROGRAM_ADDRESS, { limit: 1_001 }], -32_602],
    ["no transaction", "sendTransaction", ["AAAA", { encoding: "base64" }], -32_602],
    ["more gifts than it gives", "requestAirdrop", [TOKEN_PROGRAM_ADDRESS, 10_000_000_001], -32_602],
  ])("refuses %s", async (_what, method, params, code) => {
    expect(await ask(method, params)).toMatchObject({ id: 1, error: { code } });
  });

  it("refuses a body beyond its bound, another method, and a name that isn't this machine's", async () => {
    const sent = async (options: { readonly method?: string; readonly host?: string; readonly body?: string }) => {
      const { hostname, port } = new URL(svm.url);
      const { method = "POST", host = "localhost", body = "" } = options;
      return new Promise((resolve, reject) => {
        const asking = request({ hostname, port, method, headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        });
        asking.on("error", reject);
        asking.end(body);
      });
    };
    expect(await sent({ body: "x".repeat(65_537) })).toBe(413);
    expect(await sent({ method: "GET" })).toBe(405);
    expect(await sent({ host: "evil.example" })).toBe(403);
    expect(await sent({ body: "{" })).toBe(200);
  });

  it("gives nothing where gifts are off, and knows nothing of its life before", async () => {
    const seed = new Uint8Array(32).fill(7);
    const options = { port: 0, seed, clock: createManualClock(), hasAirdrops: false, isTicking: false };
    const quiet = await startSvm({ ...options, onError: () => undefined });
    const asked = connect(quiet.url).requestAirdrop(TOKEN_PROGRAM_ADDRESS, lamports(1n)).send();
    await expect(asked).rejects.toSatisfy((error) => isSolanaError(error));
    await quiet.stop();
    const unknown = toSignature("1".repeat(64));
    expect((await rpc.getSignatureStatuses([unknown]).send()).value).toEqual([null]);
    expect(quiet.genesisHash).not.toBe(svm.genesisHash);
  });

  it("makes its slots by the clock that it is given", async () => {
    const clock = createManualClock(1_000);
    const seed = new Uint8Array(32).fill(9);
    const ticking = await startSvm({
      port: 0,
      seed,
      clock,
      hasAirdrops: false,
      isTicking: true,
      onError: () => undefined,
    });
    await clock.advance(4_000);
    expect(ticking.slot()).toBe(32 + 10);
    await ticking.stop();
  });
});
