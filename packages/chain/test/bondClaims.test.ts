import {
  type Address,
  addressOfPrivateKey,
  type BatchProof,
  type Bytes32,
  hashBatch,
  hashCreditNote,
  hashReceipt,
  keccak256,
  leafHash,
  merkleTree,
  payeesHash,
  type Receipt,
  registryDomain,
  resultsHash,
  signDigest,
  splitsHash,
  splitsOf,
  typedDataDigest,
  utf8ToBytes,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ChainWriter,
  depositBond,
  finaliseClaim,
  listClaims,
  listOwed,
  openNoteClaim,
  openReceiptClaim,
  type ProvenNote,
  readCorBalance,
  readCredit,
  readHead,
  registerNode,
  transferCor,
  withdrawCredit,
} from "../src/index.js";
import { COR, type LocalNetwork, passSeconds, startLocalNetwork, writerOf } from "./localNetwork.js";

const OPERATOR = 2;
const MINER = 3;
const DAY_SECONDS = 24 * 60 * 60;
const ROUTER_KEY = keccak256(utf8ToBytes("a router's key"));

describe("a miner that nobody pays", () => {
  let network: LocalNetwork;
  let operator: ChainWriter;
  let miner: ChainWriter;
  let sequence = 0;

  beforeAll(async () => {
    network = await startLocalNetwork();
    operator = writerOf(network.profile, OPERATOR);
    miner = writerOf(network.profile, MINER);
    const treasury = writerOf(network.profile, 0);
    await transferCor(treasury, { to: operator.account, wei: 100n * COR });
    await transferCor(treasury, { to: miner.account, wei: 5n * COR });
    await depositBond(operator, { wei: 50n * COR });
    await registerNode(operator, { signerKey: ROUTER_KEY, roles: ["router"], endpoint: "http://127.0.0.1:1" });
  });
  afterAll(() => network.anvil.stop());

  /** A leaf in a batch of two that the router signed. */
  const prove = (structHash: Bytes32): BatchProof => {
    const { chainId, addresses } = network.profile;
    const tree = merkleTree([leafHash(structHash), leafHash(ZERO_BYTES32)]);
    sequence += 1;
    const batch = { root: tree.root, count: 2, sequence };
    const domain = registryDomain({ chainId, registry: addresses.registry });
    const signature = signDigest(typedDataDigest(domain, hashBatch(batch)), ROUTER_KEY);
    return { batch, signer: addressOfPrivateKey(ROUTER_KEY), signature, path: tree.pathOf(0) };
  };
  const promise = (cumulativeWei: bigint, count: number, payee: Address = miner.account): ProvenNote => {
    const note = { operator: operator.account, payee, cumulativeWei, receiptsRoot: ZERO_BYTES32, count, epoch: 0 };
    return { note, proof: prove(hashCreditNote(note)) };
  };
  const aReceipt = (name: string, feeWei: bigint) => {
    const other = { miner: operator.account, replica: 0, segment: 0, from: 0, to: 1, wei: 1n };
    const payees = [other, { miner: miner.account, replica: 0, segment: 1, from: 1, to: 9, wei: feeWei - 1n }];
    const receipt: Receipt = {
      taskId: keccak256(utf8ToBytes(name)),
      account: 1,
      operator: operator.account,
      resultsHash: resultsHash([]),
      payeesHash: payeesHash(payees),
      feeWei,
      nIn: 1,
      nOut: 9,
      custody: "delegated",
      finish: "length",
      epoch: 7,
      splitsHash: splitsHash(splitsOf({ sessionClass: "unvalidated", hasModelOwner: false })),
    };
    return { receipt, payees, index: 1, proof: prove(hashReceipt(receipt)) };
  };

  it("is paid a note out of the bond after a day, in three transactions of its own", async () => {
    const { id, finaliseAt } = await openNoteClaim(miner, promise(3n * COR, 1));
    expect(finaliseAt).toBe((await readHead(miner)).timestamp + DAY_SECONDS);
    await expect(finaliseClaim(miner, id)).rejects.toMatchObject({ data: { error: "ClaimTooEarly" } });
    await passSeconds(miner, DAY_SECONDS);
    expect((await finaliseClaim(miner, id)).paidWei).toBe(3n * COR);
    const before = await readCorBalance(miner, miner.account);
    const lanes = (await listOwed(miner, miner.account)).map(({ lane }) => lane);
    expect((await withdrawCredit(miner, { payee: miner.account, lanes })).wei).toBe(3n * COR);
    expect(await readCorBalance(miner, miner.account)).toBe(before + 3n * COR);
    const credit = await readCredit(miner, { lane: operator.account, payee: miner.account });
    expect(credit).toEqual({ creditedWei: 3n * COR, withdrawnWei: 3n * COR });
    const [claim] = await listClaims(miner, { payee: miner.account });
    expect(claim).toMatchObject({ id, kind: "note", operator: operator.account, isClosed: true, paidWei: 3n * COR });
  });

  it("is paid a receipt that no note covers, net, and has its deposit back", async () => {
    const claimed = aReceipt("a task", 10_001n);
    const before = await readCorBalance(miner, miner.account);
    const { id } = await openReceiptClaim(miner, { ...claimed, baseline: promise(3n * COR, 1) });
    expect(await readCorBalance(miner, miner.account)).toBeLessThan(before);
    await passSeconds(miner, DAY_SECONDS);
    expect((await finaliseClaim(miner, id)).paidWei).toBe(9_200n);
    const lanes = (await listOwed(miner, miner.account)).map(({ lane }) => lane);
    expect((await withdrawCredit(miner, { payee: miner.account, lanes })).wei).toBe(9_200n);
    const claim = (await listClaims(miner, { payee: miner.account })).find((one) => one.id === id);
    expect(claim).toMatchObject({ taskId: claimed.receipt.taskId, segment: 1, isClosed: true, paidWei: 9_200n });
  });

  it("can't claim a note twice, nor one of another", async () => {
    await openNoteClaim(miner, promise(4n * COR, 2));
    await expect(openNoteClaim(miner, promise(4n * COR, 2))).rejects.toMatchObject({ data: { error: "ClaimExists" } });
    await expect(openNoteClaim(miner, promise(2n * COR, 1))).rejects.toMatchObject({ data: { error: "NothingOwed" } });
    await expect(openNoteClaim(miner, promise(9n * COR, 3, operator.account))).rejects.toMatchObject({
      data: { error: "NotPayee" },
    });
  });

  it("gets nothing for what no router of the operator signed", async () => {
    const { note, proof } = promise(4n * COR, 2);
    const forged = { note: { ...note, cumulativeWei: 5n * COR }, proof };
    await expect(openNoteClaim(miner, forged)).rejects.toMatchObject({ code: "CHAIN_REVERTED" });
  });
});
