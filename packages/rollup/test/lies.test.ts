import {
  connectSolana,
  type DepositCursor,
  firstCursor,
  hexToSolanaSignature,
  readDeposits,
  type SolanaCluster,
} from "@cortensor/chain";
import type { Hex } from "@cortensor/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type LyingRpc, startLyingRpc } from "./lyingRpc.js";
import { type SolanaWorld, startCluster, startSolanaWorld } from "./solanaWorld.js";

const list = z.array(z.looseObject({ signature: z.string(), slot: z.number() }));
const transaction = z.looseObject({
  transaction: z.tuple([z.string(), z.string()]),
  meta: z.looseObject({ preTokenBalances: z.array(z.unknown()), postTokenBalances: z.array(z.unknown()) }),
});

describe("an RPC that lies", () => {
  let world: SolanaWorld;
  let rpc: LyingRpc;
  let cluster: SolanaCluster;
  /** Behind the first of three deposits. */
  let cursor: DepositCursor;
  let deposits: readonly Hex[];
  beforeAll(async () => {
    world = await startSolanaWorld();
    rpc = await startLyingRpc(world.svm.url);
    cluster = await connectSolana({ url: rpc.url, genesisHash: world.vault.genesisHash });
    deposits = [
      await world.deposit({ amount: 1n }),
      await world.deposit({ amount: 2n }),
      await world.deposit({ amount: 3n }),
    ];
    world.settle();
    const first = await readDeposits({ cluster, vault: world.vault, cursor: firstCursor(world.vault), most: 2 });
    cursor = first.cursor;
  });
  beforeEach(() => rpc.lie(() => undefined));
  afterAll(async () => {
    await rpc.stop();
    await world.svm.stop();
  });
  const look = (pageSize = 1_000) => readDeposits({ cluster, vault: world.vault, cursor, pageSize });
  const base58 = (index: number) => hexToSolanaSignature(deposits[index] ?? expect.unreachable());
  const inList = (change: (page: z.infer<typeof list>) => unknown) =>
    rpc.lie((method, result) => (method === "getSignaturesForAddress" ? change(list.parse(result)) : undefined));
  const inTransaction = (change: (of: z.infer<typeof transaction>) => unknown) =>
    rpc.lie((method, result) => (method === "getTransaction" ? change(transaction.parse(result)) : undefined));

  it("is believed while it says what is so", async () => {
    expect(cursor.balance).toBe(1n);
    expect((await look()).deposits.map(({ deposit }) => deposit.amount)).toEqual([2n, 3n]);
  });

  it("is asked for nothing when it serves another cluster, and a restarted one is another", async () => {
    const other = await startCluster();
    const expected = { code: "SOLANA_WRONG_CLUSTER", expected: world.vault.genesisHash };
    const connecting = connectSolana({ url: other.url, genesisHash: world.vault.genesisHash });
    await expect(connecting).rejects.toMatchObject({ data: expected });
    const unnamed = await connectSolana({ url: other.url });
    const reading = readDeposits({ cluster: unnamed, vault: world.vault, cursor });
    await expect(reading).rejects.toMatchObject({ data: { ...expected, actual: unnamed.genesisHash } });
    await other.stop();
  });

  it("is found out when it leaves a deposit out, in the middle or at the end", async () => {
    inList((page) => page.filter(({ signature }) => signature !== base58(1)));
    await expect(look()).rejects.toMatchObject({ code: "SOLANA_LIED" });
    inList((page) => page.filter(({ signature }) => signature !== base58(2)));
    await expect(look()).rejects.toMatchObject({ code: "SOLANA_LIED" });
    inList(() => []);
    await expect(look()).rejects.toMatchObject({ code: "SOLANA_LIED" });
  });

  it("is found out when it calls a whole transaction failed", async () => {
    inList((page) => page.map((one) => (one.signature === base58(1) ? { ...one, err: "AccountInUse" } : one)));
    await expect(look()).rejects.toMatchObject({ code: "SOLANA_LIED" });
  });

  it("is found out when it tells one twice, out of order, from before, or more than it was asked", async () => {
    for (const change of [
      (page: z.infer<typeof list>) => [...page, ...page],
      (page: z.infer<typeof list>) => page.map((one, index) => ({ ...one, slot: one.slot + index })),
      (page: z.infer<typeof list>) => page.map((one) => ({ ...one, slot: 1 })),
      (page: z.infer<typeof list>) => [...page, { ...page[0], signature: base58(0) }],
    ]) {
      inList(change);
      await expect(look()).rejects.toMatchObject({ code: "SOLANA_LIED" });
    }
    inList((page) => [...page, ...page]);
    await expect(look(1)).rejects.toMatchObject({
      code: "SOLANA_LIED",
      data: { what: expect.stringContaining("a page") },
    });
  });

  it("can't change what was signed, nor give another transaction for it", async () => {
    inTransaction((of) => {
      const bytes = Buffer.from(of.transaction[0], "base64");
      // The amount stands before the decimals, which the memo's instruction follows.
      const at = bytes.indexOf(Buffer.from([12, 2, 0, 0, 0, 0, 0, 0, 0, 9]));
      if (at >= 0) bytes[at + 1] = 200;
      return { ...of, transaction: [bytes.toString("base64"), "base64"] };
    });
    await expect(look()).rejects.toMatchObject({
      code: "SOLANA_LIED",
      data: { what: expect.stringContaining("is another") },
    });
    const other = await cluster.rpc
      .getTransaction(base58(0), { encoding: "base64", maxSupportedTransactionVersion: 0 })
      .send();
    inTransaction((of) => ({ ...of, transaction: other?.transaction }));
    await expect(look()).rejects.toMatchObject({ code: "SOLANA_LIED" });
    inTransaction((of) => ({ ...of, transaction: ["AAAA", "base64"] }));
    await expect(look()).rejects.toMatchObject({ code: "SOLANA_LIED" });
  });

  it("is found out when balances don't follow from one another", async () => {
    inTransaction((of) => ({ ...of, meta: { ...of.meta, preTokenBalances: [] } }));
    await expect(look()).rejects.toMatchObject({ code: "SOLANA_LIED" });
    inTransaction((of) => ({ ...of, meta: { ...of.meta, postTokenBalances: of.meta.preTokenBalances } }));
    await expect(look()).rejects.toMatchObject({ code: "SOLANA_LIED" });
  });

  it("is left for another when it is old: its head, its history, or a transaction that it lists and lacks", async () => {
    rpc.lie((method) => (method === "getSlot" ? cursor.slot - 1 : undefined));
    await expect(look()).rejects.toMatchObject({ code: "SOLANA_BEHIND", isRetryable: true });
    rpc.lie((method) => (method === "getSignatureStatuses" ? { context: { slot: 1 }, value: [null] } : undefined));
    await expect(look()).rejects.toMatchObject({ code: "SOLANA_MISSING", isRetryable: true });
    rpc.lie((method) => (method === "getTransaction" ? null : undefined));
    await expect(look()).rejects.toMatchObject({ code: "SOLANA_MISSING", isRetryable: true });
  });

  it("doesn't pass another account off as the vault", async () => {
    const reading = readDeposits({
      cluster,
      vault: { ...world.vault, mint: world.vault.vault },
      cursor,
    });
    await expect(reading).rejects.toMatchObject({ code: "SOLANA_BAD_VAULT" });
    rpc.lie((method) => (method === "getAccountInfo" ? { context: { slot: 1 }, value: null } : undefined));
    await expect(look()).rejects.toMatchObject({ code: "SOLANA_BAD_VAULT" });
  });

  it("that is silent may be asked again", async () => {
    const gone = await startCluster();
    const away = await connectSolana({ url: gone.url });
    await gone.stop();
    const vault = { ...world.vault, genesisHash: away.genesisHash };
    const reading = readDeposits({ cluster: away, vault, cursor: firstCursor(vault) });
    await expect(reading).rejects.toMatchObject({ code: "SOLANA_UNREACHABLE", isRetryable: true });
  });
});
