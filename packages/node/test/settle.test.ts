import { type BookedReceipt, type Books, createMemoryBooks } from "@cortensor/books";
import {
  addSpendingKey,
  type ChainWriter,
  createChainReader,
  createChainWriter,
  deployNetwork,
  depositToSession,
  type NetworkProfile,
  openSession,
  readCredit,
  readEarnings,
  readLane,
  registerNode,
  revokeSpendingKey,
  setAllotment,
  transferCor,
  transferNative,
} from "@cortensor/chain";
import {
  type Address,
  addressOfPrivateKey,
  type Custody,
  type Hex,
  hashDebit,
  keccak256,
  payeesHash,
  paymentDomain,
  resultsHash,
  signDigest,
  splitsHash,
  splitsOf,
  typedDataDigest,
  utf8ToBytes,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { type Clock, createMetrics, silentLogger, systemClock } from "@cortensor/runtime";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { LOST_MS } from "../src/router/followSettlement.js";
import { createRouterMetrics } from "../src/router/metrics.js";
import { SessionMirror } from "../src/router/mirrorSessions.js";
import { createRouterChain, type RouterChain } from "../src/router/routerChain.js";
import { SessionBook } from "../src/router/sessionBook.js";
import { Settler } from "../src/router/settle.js";

const COR = 10n ** 18n;
/** Miners of each test's own: books that begin empty know of no credit that an earlier test's gave. */
let ALICE: Address;
let BOB: Address;
let tests = 0;
beforeEach(() => {
  tests += 1;
  const [alice, bob] = ["alice", "bob"].map((name) => addressOfPrivateKey(keccak256(utf8ToBytes(`${name} ${tests}`))));
  if (alice === undefined || bob === undefined) throw new Error("two names make two addresses");
  [ALICE, BOB] = [alice, bob];
});
const OPERATOR_KEY = anvilKey(1);
const CLIENT_KEY = anvilKey(2);
const SPENDER_KEY = anvilKey(3);
const OPERATOR = addressOfPrivateKey(OPERATOR_KEY);

let anvil: RunningAnvil;
let profile: NetworkProfile;
let treasury: ChainWriter;
let operator: ChainWriter;
let client: ChainWriter;
const signers: ChainWriter[] = [];

beforeAll(async () => {
  anvil = await startAnvil({ chainId: 31_337 });
  profile = await deployNetwork({
    name: "test",
    chainId: anvil.chainId,
    rpcUrls: [anvil.url],
    privateKey: anvilKey(0),
    epochSeconds: 30,
    save: () => undefined,
  });
  treasury = createChainWriter({ profile, privateKey: anvilKey(0) });
  operator = createChainWriter({ profile, privateKey: OPERATOR_KEY });
  client = createChainWriter({ profile, privateKey: CLIENT_KEY });
  for (const writer of [operator, client]) await transferCor(treasury, { to: writer.account, wei: 1_000n * COR });
});
afterAll(() => anvil.stop());

type Desk = {
  readonly books: Books;
  readonly chain: RouterChain;
  readonly settler: Settler;
  readonly mirror: SessionMirror;
  readonly signerKey: Hex;
};

/** The settling half of a router: what a new process would put together, with a key of its own or one of before. */
async function openDesk(
  books: Books,
  change: Partial<RouterChain> = {},
  again: { readonly signerKey?: Hex; readonly clock?: Clock } = {},
): Promise<Desk> {
  const signerKey = again.signerKey ?? (await registerRouter());
  const writer = createChainWriter({ profile, privateKey: signerKey });
  signers.push(writer);
  const reader = createChainReader({ profile });
  const chain = { ...createRouterChain({ reader, writer, lane: OPERATOR }), ...change };
  const sessions = new SessionBook({ books, chain });
  const spenders = [OPERATOR_KEY, SPENDER_KEY].map(toSigner);
  const time = { epoch: () => 0, chainSeconds: () => 0 };
  const shared = { chain, sessions, books, operator: OPERATOR, log: silentLogger };
  const metrics = createRouterMetrics(createMetrics(), {
    running: () => 0,
    miners: () => 0,
    receiptsPending: () => 0,
  });
  const settler = new Settler({
    ...shared,
    domain: paymentDomain({ chainId: profile.chainId, payment: profile.addresses.sessionPayment }),
    spenders,
    time,
    receiptsMin: 1,
    ageMs: 1_000_000,
    finalityBlocks: 2,
    clock: again.clock ?? systemClock,
    metrics,
    publishSet: async () => undefined,
    onSettled: () => undefined,
  });
  const mirror = new SessionMirror({
    ...shared,
    spenders: spenders.map(({ address }) => address),
    time,
    chunkWei: COR,
    cards: () => [],
    onChanged: () => undefined,
  });
  await mirror.round();
  return { books, chain, settler, mirror, signerKey };
}

async function registerRouter(): Promise<Hex> {
  const signerKey = keccak256(utf8ToBytes(`router ${signers.length}`));
  await registerNode(operator, { signerKey, roles: ["router"], endpoint: "http://127.0.0.1:1" });
  await transferNative(treasury, { to: addressOfPrivateKey(signerKey), wei: COR });
  return signerKey;
}

function toSigner(key: Hex) {
  return { address: addressOfPrivateKey(key), sign: (digest: Hex) => signDigest(digest, key) };
}

async function openAccount(owner: ChainWriter, wei = 10n * COR): Promise<number> {
  const { account } = await openSession(owner, { name: "test" });
  await depositToSession(owner, { account, wei });
  await setAllotment(owner, { account, lane: OPERATOR, wei });
  return account;
}

/** A client's account, with a key of the router's allowed to spend of it. */
async function delegate({ capPerEpochWei }: { readonly capPerEpochWei: bigint }): Promise<number> {
  const account = await openAccount(client);
  const key = addressOfPrivateKey(SPENDER_KEY);
  await addSpendingKey(client, { account, key, capPerEpochWei, totalCapWei: COR, expires: 4_000_000_000 });
  return account;
}

let tasks = 0;

function aReceipt(account: number, custody: Custody, paid: readonly (readonly [Address, bigint])[]): BookedReceipt {
  tasks += 1;
  const payees = paid.map(([miner, wei], segment) => ({
    miner,
    replica: 0,
    segment,
    from: segment,
    to: segment + 1,
    wei,
  }));
  return {
    receipt: {
      taskId: keccak256(utf8ToBytes(`task ${tasks}`)),
      account,
      operator: OPERATOR,
      resultsHash: resultsHash([]),
      payeesHash: payeesHash(payees),
      feeWei: payees.reduce((sum, { wei }) => sum + wei, 0n),
      nIn: 1,
      nOut: payees.length,
      custody,
      finish: "stop",
      epoch: 0,
      splitsHash: splitsHash(splitsOf({ sessionClass: "unvalidated", hasModelOwner: false })),
    },
    payees,
    results: [],
    proof: { batch: { root: ZERO_BYTES32, count: 1, sequence: 1 }, signer: OPERATOR, signature: "0x", path: [] },
    createdAtMs: 0,
  };
}

async function rpc(method: string, params: readonly unknown[] = []): Promise<unknown> {
  return treasury.client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({
    method,
    params,
  });
}

async function mine(blocks: number): Promise<void> {
  for (let block = 0; block < blocks; block += 1) await rpc("evm_mine");
}

/** Whether each transaction gets a block at once. */
async function automine(isOn: boolean): Promise<void> {
  await rpc("evm_setAutomine", [isOn]);
}

/** The hash of the one transaction that waits for a block. */
async function untilWaiting(): Promise<string> {
  for (;;) {
    const { pending } = (await rpc("txpool_content")) as {
      readonly pending: Record<string, Record<string, { readonly hash: string }>>;
    };
    const [waiting, ...others] = Object.values(pending).flatMap((own) => Object.values(own));
    if (waiting !== undefined && others.length === 0) return waiting.hash;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const credits = async () => ({
  alice: (await readCredit(treasury, { lane: OPERATOR, payee: ALICE })).creditedWei,
  bob: (await readCredit(treasury, { lane: OPERATOR, payee: BOB })).creditedWei,
  operator: (await readEarnings(treasury, OPERATOR)).maturingWei,
});

async function difference(work: () => Promise<void>) {
  const before = await credits();
  await work();
  const after = await credits();
  return {
    alice: after.alice - before.alice,
    bob: after.bob - before.bob,
    operator: after.operator - before.operator,
  };
}

const emptyBooks = (): Books => createMemoryBooks({ lane: OPERATOR, clock: systemClock });

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
