import { addSpendingKey, readCredit, readLane, revokeSpendingKey } from "@cortensor/chain";
import { addressOfPrivateKey, hashDebit, paymentDomain, signDigest, typedDataDigest } from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import { LOST_MS } from "../src/router/followSettlement.js";
import type { RouterChain } from "../src/router/routerChain.js";
import {
  ALICE,
  aReceipt,
  automine,
  BOB,
  CLIENT_KEY,
  COR,
  client,
  delegate,
  difference,
  emptyBooks,
  mine,
  OPERATOR,
  openAccount,
  openDesk,
  operator,
  profile,
  SPENDER_KEY,
  treasury,
  untilWaiting,
} from "./settlingNetwork.js";

describe("settlement on a real chain", () => {
  it("pays custodial, delegated and self-signed receipts to the wei, and calls it done when it is final", async () => {
    const books = emptyBooks();
    const own = await openAccount(operator);
    const delegated = await openAccount(client);
    const self = await openAccount(client);
    await addSpendingKey(client, {
      account: delegated,
      key: addressOfPrivateKey(SPENDER_KEY),
      capPerEpochWei: COR,
      totalCapWei: COR,
      expires: 4_000_000_000,
    });
    const { settler } = await openDesk(books);
    const custodies = await Promise.all([own, delegated, self].map((account) => books.findSession(account)));
    expect(custodies.map((session) => session?.custody)).toEqual(["custodial", "delegated", "self"]);
    await books.putReceipts([
      aReceipt(own, "custodial", [
        [ALICE, 1_001n],
        [BOB, 333n],
      ]),
      aReceipt(own, "custodial", [[ALICE, 7n]]),
      aReceipt(delegated, "delegated", [[BOB, 10_000n]]),
      aReceipt(self, "self", [[ALICE, 555n]]),
    ]);
    const { spentWei, receiptsRoot, count } = (await books.laneStatus(self)) ?? { spentWei: 0n };
    if (receiptsRoot === undefined || count === undefined) throw new Error("the account has no lane");
    const debit = { account: self, lane: OPERATOR, cumulativeWei: spentWei, receiptsRoot, count, epoch: 0 };
    const domain = paymentDomain({ chainId: profile.chainId, payment: profile.addresses.sessionPayment });
    await books.putDebit({ debit, signature: signDigest(typedDataDigest(domain, hashDebit(debit)), CLIENT_KEY) });
    const paid = await difference(() => settler.round());
    // Σ fees = 11,896 wei: the miners have 92 % of each of their entries, rounded down, and the operator what is left.
    expect(paid).toEqual({ alice: 920n + 6n + 510n, bob: 306n + 9_200n, operator: 954n });
    for (const [account, wei] of [
      [own, 1_341n],
      [delegated, 10_000n],
      [self, 555n],
    ] as const) {
      expect((await readLane(treasury, { account, lane: OPERATOR })).cumulativeWei).toBe(wei);
    }
    expect(await books.openSettlements()).toHaveLength(1);
    await settler.round();
    expect(await books.openSettlements()).toHaveLength(1);
    await mine(2);
    await settler.round();
    expect(await books.openSettlements()).toHaveLength(0);
    expect((await books.totals()).settledReceipts).toBe(4);
  });

  it("credits a miner, settlement by settlement, exactly what its credit note promises", async () => {
    const books = emptyBooks();
    const account = await openAccount(operator);
    const { settler } = await openDesk(books);
    for (const wei of [1_000n, 999n, 1n]) {
      await books.putReceipts([aReceipt(account, "custodial", [[ALICE, wei]])]);
      await settler.round();
      await mine(2);
      await settler.round();
    }
    const [note] = await books.payeeStatus([ALICE]);
    expect(note).toMatchObject({ cumulativeWei: 920n + 919n + 0n, creditedWei: 1_839n, count: 3 });
    expect((await readCredit(treasury, { lane: OPERATOR, payee: ALICE })).creditedWei).toBe(1_839n);
    expect(await books.openSettlements()).toHaveLength(0);
    expect((await books.totals()).settledReceipts).toBe(3);
  });

  it("finds its settlement again after a crash behind the transaction, and pays nothing twice", async () => {
    const books = emptyBooks();
    const account = await openAccount(operator);
    const crashing = await openDesk(books);
    const { sendSettlement } = crashing.chain;
    const crashed = await openDesk(books, {
      sendSettlement: async (settlement) => {
        await sendSettlement(settlement);
        throw new Error("the process ends here");
      },
    });
    await books.putReceipts([aReceipt(account, "custodial", [[ALICE, 1_000n]])]);
    expect(await difference(() => crashed.settler.round())).toEqual({ alice: 920n, bob: 0n, operator: 80n });
    const [open] = await books.openSettlements();
    expect(open?.txHash).toBeUndefined();
    const { settler } = await openDesk(books);
    await mine(2);
    expect(await difference(() => settler.round())).toEqual({ alice: 0n, bob: 0n, operator: 0n });
    expect(await books.openSettlements()).toHaveLength(0);
    expect((await books.totals()).settledReceipts).toBe(1);
    await settler.round();
    expect(await books.openSettlements()).toHaveLength(0);
  });

  it("raises a settlement that a process left waiting for its block, and pays it once", async () => {
    const books = emptyBooks();
    const account = await openAccount(operator);
    let left: Promise<unknown> = Promise.resolve();
    const { chain, signerKey } = await openDesk(books);
    const sendSettlement: RouterChain["sendSettlement"] = (settlement) => {
      left = chain.sendSettlement(settlement).catch((error: unknown) => error);
      return Promise.reject(new Error("the process ends here"));
    };
    const crashed = await openDesk(books, { sendSettlement }, { signerKey });
    await books.putReceipts([aReceipt(account, "custodial", [[ALICE, 1_000n]])]);
    await automine(false);
    await crashed.settler.round();
    let nowMs = 0;
    const { settler } = await openDesk(books, {}, { signerKey, clock: { ...systemClock, nowMs: () => nowMs } });
    const first = await untilWaiting();
    await settler.round();
    expect(await untilWaiting()).toBe(first);
    nowMs += LOST_MS;
    await settler.round();
    expect(await untilWaiting()).not.toBe(first);
    const paid = await difference(async () => {
      await automine(true);
      await mine(3);
      await settler.round();
    });
    expect(paid).toEqual({ alice: 920n, bob: 0n, operator: 80n });
    expect((await books.totals()).settledReceipts).toBe(1);
    // What is left of the first process finds its nonce used, and the chain refuses the same once more.
    expect(await left).toMatchObject({ code: "CHAIN_REVERTED" });
  });

  it("pays once what two routers of one operator settle at the same time", async () => {
    const books = emptyBooks();
    const account = await openAccount(operator);
    const desks = [await openDesk(books), await openDesk(books)];
    await books.putReceipts([aReceipt(account, "custodial", [[ALICE, 1_000n]])]);
    const paid = await difference(async () => {
      await Promise.allSettled(desks.map(({ settler }) => settler.settleNow()));
      await mine(2);
      for (const { settler } of desks) await settler.round();
    });
    expect(paid).toEqual({ alice: 920n, bob: 0n, operator: 80n });
    expect((await books.totals()).settledReceipts).toBe(1);
    expect(await books.unsettled(10)).toEqual([]);
  });

  it("holds no more of a delegated account than its key may pay", async () => {
    const books = emptyBooks();
    const account = await delegate({ capPerEpochWei: 1_000n });
    const { settler, mirror } = await openDesk(books);
    await books.putReceipts([300n, 300n].map((wei) => aReceipt(account, "delegated", [[ALICE, wei]])));
    expect(await books.hold({ account, wei: 401n })).toMatchObject({ kind: "insufficient", availableWei: 400n });
    await expect(books.putReceipts([aReceipt(account, "delegated", [[ALICE, 401n]])])).rejects.toMatchObject({
      code: "BOOKS_RECEIPTS_UNCOVERED",
    });
    expect(await difference(() => settler.round())).toEqual({ alice: 552n, bob: 0n, operator: 48n });
    await mirror.round();
    // What is settled and what the key may still pay make up the cap, before and after a settlement.
    expect(await books.hold({ account, wei: 401n })).toMatchObject({ kind: "insufficient", availableWei: 400n });
    expect(await books.hold({ account, wei: 400n })).toMatchObject({ kind: "held" });
  });

  it("settles what was served before a key was revoked, and nothing that was served after", async () => {
    const books = emptyBooks();
    const account = await delegate({ capPerEpochWei: COR });
    const { settler, mirror } = await openDesk(books);
    await books.putReceipts([aReceipt(account, "delegated", [[ALICE, 1_000n]])]);
    await revokeSpendingKey(client, { account, key: addressOfPrivateKey(SPENDER_KEY) });
    await mirror.round();
    expect((await books.findSession(account))?.custody).toBe("self");
    await books.putReceipts([aReceipt(account, "self", [[ALICE, 500n]])]);
    expect(await difference(() => settler.round())).toEqual({ alice: 920n, bob: 0n, operator: 80n });
    await mine(2);
    await settler.round();
    expect(await difference(() => settler.round())).toEqual({ alice: 0n, bob: 0n, operator: 0n });
  });

  it("settles the others when one account's debit reverts", async () => {
    const books = emptyBooks();
    const bad = await openAccount(operator, 100n);
    const good = await openAccount(operator);
    const { chain } = await openDesk(books);
    // The books believe in an allotment that the chain never gave.
    const readLane = async (account: number) => ({ ...(await chain.readLane(account)), allotmentWei: 10n * COR });
    const { settler } = await openDesk(books, { readLane });
    await books.putReceipts([
      aReceipt(bad, "custodial", [[BOB, 500n]]),
      aReceipt(good, "custodial", [[ALICE, 1_000n]]),
    ]);
    const paid = await difference(async () => {
      for (let round = 0; round < 5; round += 1) {
        await settler.round();
        await mine(3);
      }
    });
    expect(paid).toEqual({ alice: 920n, bob: 0n, operator: 80n });
    expect((await books.unsettled(10)).map(({ receipt }) => receipt.account)).toEqual([bad]);
  });

  it("settles nothing while the chain has settled what the books have not", async () => {
    const books = emptyBooks();
    const account = await openAccount(operator);
    const { settler } = await openDesk(books);
    const receipts = [1, 2, 3].map(() => aReceipt(account, "custodial", [[ALICE, 1_000n]]));
    await books.putReceipts(receipts.slice(0, 2));
    await settler.round();
    const [open] = await books.openSettlements();
    if (open === undefined) throw new Error("nothing was settled");
    await books.recordSettlement({ ...open, state: "dropped" });
    await books.putReceipts(receipts.slice(2));
    expect(await difference(() => settler.round())).toEqual({ alice: 0n, bob: 0n, operator: 0n });
  });
});
