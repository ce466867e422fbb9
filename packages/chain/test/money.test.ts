import { type Address, type Bytes32, signDigest } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import {
  addSpendingKey,
  applyAllotment,
  type ChainWriter,
  createChainReader,
  epochAt,
  finaliseClose,
  listOwed,
  readCorBalance,
  readCredit,
  readEarnings,
  readHead,
  readLane,
  readSession,
  readSettlements,
  readSpendingKey,
  registerNode,
  requestClose,
  revokeSpendingKey,
  type Settlement,
  sendSettlement,
  setAllotment,
  settlementDigest,
  transferCor,
  withdrawCredit,
  withdrawMatured,
  withdrawUnallotted,
} from "../src/index.js";
import {
  COR,
  EPOCH_SECONDS,
  fundedSession,
  type LocalNetwork,
  passSeconds,
  signedDebit,
  startLocalNetwork,
  writerOf,
} from "./localNetwork.js";

const CLIENT = 1;
const OPERATOR = 2;
const MINER = 3;
const STRANGER = 4;
const ROOT: Bytes32 = `0x${"11".repeat(32)}`;
const CID: Bytes32 = `0x${"22".repeat(32)}`;

describe("money on a real chain", () => {
  let network: LocalNetwork;
  let client: ChainWriter;
  let operator: ChainWriter;
  let miner: ChainWriter;
  let stranger: ChainWriter;

  beforeAll(async () => {
    network = await startLocalNetwork();
    client = writerOf(network.profile, CLIENT);
    operator = writerOf(network.profile, OPERATOR);
    miner = writerOf(network.profile, MINER);
    stranger = writerOf(network.profile, STRANGER);
    await transferCor(writerOf(network.profile, 0), { to: client.account, wei: 1_000n * COR });
  });
  afterAll(() => network?.anvil.stop());

  const settlementOf = (parts: Partial<Settlement> & Pick<Settlement, "debits">): Settlement => ({
    lane: operator.account,
    credits: [],
    settlementRoot: ROOT,
    setCid: CID,
    ...parts,
  });
  const debitOf = (account: number, wei: bigint, more: { readonly key?: number; readonly epoch?: number } = {}) =>
    signedDebit(network.profile, {
      key: anvilKey(more.key ?? CLIENT),
      account,
      lane: operator,
      wei,
      ...(more.epoch !== undefined && { epoch: more.epoch }),
    });

  it("moves a debit to its payees and the operator, exact to the wei, and pays it out", async () => {
    const account = await fundedSession(client, operator, 10n * COR);
    const before = await readCorBalance(client, miner.account);
    const settlement = settlementOf({
      debits: [debitOf(account, 3n * COR + 7n)],
      credits: [{ payee: miner.account, cumulativeWei: 2n * COR + 1n }],
    });
    const fromBlock = (await readHead(client)).blockNumber;
    const sent = await sendSettlement(operator, settlement);

    expect(await readLane(client, { account, lane: operator.account })).toEqual({
      allotmentWei: 10n * COR,
      cumulativeWei: 3n * COR + 7n,
      count: 1,
    });
    const lane = operator.account;
    const credited = { creditedWei: 2n * COR + 1n, withdrawnWei: 0n };
    expect(await readCredit(client, { lane, payee: miner.account })).toEqual(credited);
    expect(await readEarnings(client, lane)).toEqual({ maturedWei: 0n, maturingWei: COR + 6n });
    const [record] = await readSettlements(client, { fromBlock, toBlock: sent.blockNumber, lane: operator.account });
    expect(record).toMatchObject({ ...settlement, settlementId: sent.settlementId, operatorWei: COR + 6n });

    expect(await listOwed(client, miner.account)).toEqual([{ lane, owedWei: 2n * COR + 1n }]);
    expect(await listOwed(client, stranger.account)).toEqual([]);
    const { wei } = await withdrawCredit(miner, { payee: miner.account, lanes: [lane] });
    expect(wei).toBe(2n * COR + 1n);
    expect((await readCorBalance(client, miner.account)) - before).toBe(wei);
    expect(await listOwed(client, miner.account)).toEqual([]);
    await expect(withdrawCredit(miner, { payee: miner.account, lanes: [lane] })).rejects.toMatchObject({
      data: { error: "NothingToWithdraw" },
    });
  });

  it("pays the operator what has matured, and only that", async () => {
    const account = await fundedSession(client, operator, COR);
    await sendSettlement(operator, settlementOf({ debits: [debitOf(account, 5n)] }));
    const { maturingWei } = await readEarnings(client, operator.account);
    await expect(withdrawMatured(operator)).rejects.toMatchObject({ data: { error: "NothingToWithdraw" } });
    await passSeconds(client, 48 * 3_600);
    const { wei } = await withdrawMatured(operator, { to: miner.account });
    expect(wei).toBe(maturingWei);
    expect(await readEarnings(client, operator.account)).toEqual({ maturedWei: 0n, maturingWei: 0n });
  });

  it("refuses the same settlement a second time, and pays nobody twice", async () => {
    const account = await fundedSession(client, operator, COR);
    const counter = { lane: operator.account, payee: miner.account };
    const cumulativeWei = (await readCredit(client, counter)).creditedWei + COR;
    const settlement = settlementOf({
      debits: [debitOf(account, COR)],
      credits: [{ payee: miner.account, cumulativeWei }],
    });
    await sendSettlement(operator, settlement);
    const credit = await readCredit(client, counter);
    expect(credit.creditedWei).toBe(cumulativeWei);
    await expect(sendSettlement(operator, settlement)).rejects.toMatchObject({
      data: { code: "CHAIN_REVERTED", error: "DebitStale", args: { account, cumulativeWei: COR, settledWei: COR } },
    });
    expect(await readCredit(client, counter)).toEqual(credit);
  });

  it("refuses credits above the debits", async () => {
    const account = await fundedSession(client, operator, COR);
    const credits = [{ payee: stranger.account, cumulativeWei: 6n }];
    const settlement = settlementOf({ debits: [debitOf(account, 5n)], credits });
    await expect(sendSettlement(operator, settlement)).rejects.toMatchObject({
      data: { error: "CreditsAboveDebits", args: { creditedWei: 6n, availableWei: 5n } },
    });
  });

  it("refuses a debit above the allotment, and one that somebody else signed", async () => {
    const account = await fundedSession(client, operator, COR);
    await expect(
      sendSettlement(operator, settlementOf({ debits: [debitOf(account, COR + 1n)] })),
    ).rejects.toMatchObject({ data: { error: "DebitAboveAllotment" } });
    await expect(
      sendSettlement(operator, settlementOf({ debits: [debitOf(account, 1n, { key: STRANGER })] })),
    ).rejects.toMatchObject({ data: { error: "SpendingKeyUnknown", args: { key: expect.any(String) } } });
  });

  it("takes a settlement from a registered router, or from anyone with a router's signature; from nobody else", async () => {
    const account = await fundedSession(client, operator, COR);
    const routerKey = anvilKey(5);
    await registerNode(operator, { signerKey: routerKey, roles: ["router"] });
    const router = writerOf(network.profile, 5);
    await sendSettlement(router, settlementOf({ debits: [debitOf(account, 1n)] }));

    const settlement = settlementOf({ debits: [debitOf(account, 2n)] });
    await expect(sendSettlement(stranger, settlement)).rejects.toMatchObject({
      data: { error: "SettlementUnauthorised" },
    });
    const signature = signDigest(settlementDigest(network.profile, settlement), routerKey);
    await sendSettlement(stranger, { ...settlement, signature });
    expect(await readLane(client, { account, lane: operator.account })).toMatchObject({ cumulativeWei: 2n });
  });

  it("lets a spending key spend within its caps, and stops it with the epoch it is revoked in", async () => {
    const account = await fundedSession(client, operator, COR);
    const key = stranger.account;
    const { timestamp } = await readHead(client);
    const caps = { capPerEpochWei: 100n, totalCapWei: 150n, expires: timestamp + 86_400 };
    await addSpendingKey(client, { account, key, ...caps });
    const settle = (wei: bigint, epoch: number) =>
      sendSettlement(operator, settlementOf({ debits: [debitOf(account, wei, { key: STRANGER, epoch })] }));
    const now = async () => epochAt(network.profile, (await readHead(client)).timestamp);

    await passSeconds(client, EPOCH_SECONDS);
    const epoch = await now();
    await settle(100n, epoch);
    await expect(settle(101n, epoch)).rejects.toMatchObject({ data: { error: "EpochCapExceeded" } });
    await passSeconds(client, EPOCH_SECONDS);
    await expect(settle(151n, epoch + 1)).rejects.toMatchObject({ data: { error: "TotalCapExceeded" } });
    await revokeSpendingKey(client, { account, key });
    await settle(150n, epoch + 1);
    expect(await readSpendingKey(client, { account, key })).toMatchObject({ state: "revoked", spentTotalWei: 150n });
    await passSeconds(client, EPOCH_SECONDS);
    await expect(settle(151n, await now())).rejects.toMatchObject({ data: { error: "SpendingKeyExpired" } });
  });

  it("costs at most 1,000 gas an inference for 100 of them in one account with three payees", async () => {
    const account = await fundedSession(client, operator, COR);
    const payees: readonly Address[] = [`0x${"a1".repeat(20)}`, `0x${"a2".repeat(20)}`, `0x${"a3".repeat(20)}`];
    const settle = (wei: bigint) => {
      const credits = payees.map((payee) => ({ payee, cumulativeWei: wei / 5n }));
      return sendSettlement(operator, settlementOf({ debits: [debitOf(account, wei)], credits }));
    };
    await settle(10n);
    const { gasUsed } = await settle(20n);
    expect(gasUsed / 100n).toBeLessThanOrEqual(1_000n);
  });

  it("lowers an allotment only after the exit delay, and never below what was spent", async () => {
    const account = await fundedSession(client, operator, COR);
    const lane = operator.account;
    await setAllotment(client, { account, lane, wei: 10n });
    expect(await readLane(client, { account, lane })).toMatchObject({ allotmentWei: COR, lowering: { toWei: 10n } });
    await expect(applyAllotment(client, { account, lane })).rejects.toMatchObject({
      data: { error: "LoweringTooEarly" },
    });
    await sendSettlement(operator, settlementOf({ debits: [debitOf(account, 25n)] }));
    await passSeconds(client, 24 * 3_600);
    await applyAllotment(stranger, { account, lane });
    expect(await readLane(client, { account, lane })).toEqual({ allotmentWei: 25n, cumulativeWei: 25n, count: 1 });
    await withdrawUnallotted(client, { account, wei: COR - 25n });
    expect(await readSession(client, account)).toMatchObject({ depositWei: 25n, allottedWei: 25n });
  });

  it("returns what was not spent when the client leaves, with everybody else silent", async () => {
    const account = await fundedSession(client, operator, COR);
    const before = await readCorBalance(client, client.account);
    await requestClose(client, account);
    await expect(finaliseClose(client, account)).rejects.toMatchObject({ data: { error: "CloseTooEarly" } });
    await sendSettlement(operator, settlementOf({ debits: [debitOf(account, 40n)] }));
    await passSeconds(client, 24 * 3_600);
    const { refundWei } = await finaliseClose(client, account);
    expect(refundWei).toBe(COR - 40n);
    expect((await readCorBalance(client, client.account)) - before).toBe(COR - 40n);
    await expect(sendSettlement(operator, settlementOf({ debits: [debitOf(account, 41n)] }))).rejects.toMatchObject({
      data: { error: "DebitAboveAllotment" },
    });
    const reader = createChainReader({ profile: network.profile });
    expect(await readSession(reader, account)).toMatchObject({
      closed: true,
      depositWei: 40n,
      lanes: [operator.account],
    });
  });
});
