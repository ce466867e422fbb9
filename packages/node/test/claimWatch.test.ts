import { type Books, createMemoryBooks } from "@cortensor/books";
import {
  type ChainWriter,
  createChainReader,
  createChainWriter,
  deployNetwork,
  depositBond,
  type NetworkProfile,
  openReceiptClaim,
  readClaim,
  registerNode,
  transferCor,
  transferNative,
} from "@cortensor/chain";
import {
  addressOfPrivateKey,
  hashReceipt,
  keccak256,
  payeesHash,
  type Receipt,
  registryDomain,
  resultsHash,
  splitsHash,
  splitsOf,
  utf8ToBytes,
} from "@cortensor/protocol";
import { createMetrics, Secret, silentLogger, systemClock } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { createLeafBatcher, createNodeSigner, createSignatureCounter } from "../src/index.js";
import { ClaimWatch } from "../src/router/claimWatch.js";
import { createRouterMetrics } from "../src/router/metrics.js";
import { createRouterChain } from "../src/router/routerChain.js";

const COR = 10n ** 18n;
const ACCOUNT = 7;
const SIGNER_KEY = keccak256(utf8ToBytes("a router's key"));

describe("a router's watch over its operator's bond", () => {
  let anvil: RunningAnvil;
  let profile: NetworkProfile;
  let operator: ChainWriter;
  let miner: ChainWriter;

  beforeAll(async () => {
    anvil = await startAnvil({ chainId: 31_337 });
    const rpcUrls = [anvil.url];
    const shared = { name: "test", chainId: anvil.chainId, rpcUrls, epochSeconds: 30 };
    profile = await deployNetwork({ ...shared, privateKey: anvilKey(0), save: () => undefined });
    const treasury = createChainWriter({ profile, privateKey: anvilKey(0) });
    operator = createChainWriter({ profile, privateKey: anvilKey(1) });
    miner = createChainWriter({ profile, privateKey: anvilKey(2) });
    for (const { account } of [operator, miner]) await transferCor(treasury, { to: account, wei: 50n * COR });
    await transferNative(treasury, { to: addressOfPrivateKey(SIGNER_KEY), wei: COR });
    await depositBond(operator, { wei: 10n * COR });
    await registerNode(operator, { signerKey: SIGNER_KEY, roles: ["router"], endpoint: "http://127.0.0.1:1" });
  });
  afterAll(() => anvil.stop());

  const setUp = async () => {
    const lane = operator.account;
    const books = createMemoryBooks({ lane, clock: systemClock });
    await books.putSession({
      account: ACCOUNT,
      session: keccak256(utf8ToBytes("session")),
      owner: lane,
      custody: "custodial",
      sessionClass: "unvalidated",
      allotmentWei: COR,
    });
    const reader = createChainReader({ profile });
    const chain = createRouterChain({ reader, writer: createChainWriter({ profile, privateKey: SIGNER_KEY }), lane });
    const batcher = createLeafBatcher({
      signer: createNodeSigner(new Secret(SIGNER_KEY), createSignatureCounter(createMetrics())),
      domain: registryDomain({ chainId: profile.chainId, registry: profile.addresses.registry }),
      clock: systemClock,
      log: silentLogger,
      delayMs: 1,
    });
    const metrics = createRouterMetrics(createMetrics(), {
      running: () => 0,
      miners: () => 0,
      verifiedMiners: () => 0,
      receiptsPending: () => 0,
    });
    const time = { epoch: () => 0 };
    const watch = new ClaimWatch({ operator: lane, chain, books, batcher, time, metrics, log: silentLogger });
    return { books, batcher, watch };
  };

  type World = Awaited<ReturnType<typeof setUp>>;

  /** A receipt that the router signed; whether it books it is the test's to say. */
  const aReceipt = async ({ batcher }: World, name: string) => {
    const payees = [{ miner: miner.account, replica: 0, segment: 0, from: 0, to: 9, wei: 1_000n }];
    const receipt: Receipt = {
      taskId: keccak256(utf8ToBytes(name)),
      account: ACCOUNT,
      operator: operator.account,
      resultsHash: resultsHash([]),
      payeesHash: payeesHash(payees),
      feeWei: 1_000n,
      nIn: 1,
      nOut: 9,
      custody: "custodial",
      finish: "stop",
      epoch: 0,
      splitsHash: splitsHash(splitsOf({ sessionClass: "unvalidated", hasModelOwner: false })),
    };
    return { receipt, payees, proof: await batcher.prove({ structHash: hashReceipt(receipt) }) };
  };
  const book = (books: Books, one: Awaited<ReturnType<typeof aReceipt>>) =>
    books.putReceipts([{ ...one, results: [], createdAtMs: 0 }]);

  it("answers a claim on a booked receipt by showing it under a note, once", async () => {
    const world = await setUp();
    for (const name of ["before", "claimed", "after"]) await book(world.books, await aReceipt(world, name));
    const { id } = await openReceiptClaim(miner, { ...(await aReceipt(world, "claimed")), index: 0 });
    await world.watch.round();
    expect(await readClaim(miner, id)).toMatchObject({ kind: "note", isAnswered: true, dueWei: 3n * 920n });
    await world.watch.round();
  });

  it("leaves a claim on a receipt that it never booked to be paid", async () => {
    const world = await setUp();
    const { id } = await openReceiptClaim(miner, { ...(await aReceipt(world, "withheld")), index: 0 });
    await world.watch.round();
    expect(await readClaim(miner, id)).toMatchObject({ kind: "receipt", isAnswered: false, dueWei: 920n });
  });

  it("answers a claim that nothing paid, once a late receipt does", async () => {
    const world = await setUp();
    // Against the same baseline, a note must promise each answered segment: here also that of the claim before.
    await book(world.books, await aReceipt(world, "earlier"));
    const late = await aReceipt(world, "late");
    const { id } = await openReceiptClaim(miner, { ...late, index: 0 });
    await world.watch.round();
    expect(await readClaim(miner, id)).toMatchObject({ kind: "receipt", isAnswered: false });
    await book(world.books, late);
    await world.watch.round();
    expect(await readClaim(miner, id)).toMatchObject({ kind: "note", isAnswered: true, dueWei: 2n * 920n });
  });

  it("knows which segments are left to their claims, and nothing before it has looked", async () => {
    const world = await setUp();
    const [mine, other] = [await aReceipt(world, "left"), await aReceipt(world, "never claimed")];
    const { id, finaliseAt } = await openReceiptClaim(miner, { ...mine, index: 0 });
    const isLeft = ({ receipt }: typeof mine, atSeconds: number) =>
      world.watch.isLeftToClaim({ taskId: receipt.taskId, replica: 0, segment: 0, payee: miner.account }, atSeconds);
    expect(isLeft(mine, finaliseAt)).toBeUndefined();
    await world.watch.round();
    expect([isLeft(mine, finaliseAt - 3_600), isLeft(mine, finaliseAt - 60), isLeft(mine, finaliseAt)]).toEqual([
      false,
      true,
      true,
    ]);
    expect(isLeft(other, finaliseAt)).toBe(false);
    for (const name of ["earlier", "earlier still"]) await book(world.books, await aReceipt(world, name));
    await book(world.books, mine);
    await world.watch.round();
    expect(await readClaim(miner, id)).toMatchObject({ isAnswered: true });
    expect(isLeft(mine, finaliseAt)).toBe(false);
  });
});
