import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  addAssessor,
  assessNode,
  type ChainWriter,
  createChainWriter,
  deployNetwork,
  depositToSession,
  epochAt,
  type NetworkProfile,
  openSession,
  readHead,
  registerNode,
  removeAssessor,
  sendSettlement,
  setAllotment,
  transferCor,
} from "@cortensor/chain";
import {
  type Bytes32,
  encodeSettlementSet,
  hashDebit,
  keccak256,
  paymentDomain,
  recordEpochAt,
  type SetEntry,
  setEntryId,
  signDigest,
  typedDataDigest,
  utf8ToBytes,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { auditRanking } from "../src/audit/auditRanking.js";
import { auditVerdict } from "../src/audit/auditVerdict.js";
import { openSets } from "../src/audit/readSets.js";

const COR = 10n ** 18n;
const EPOCH_SECONDS = 30;
const taskOf = (index: number): Bytes32 => keccak256(utf8ToBytes(`task ${index}`));

describe("auditing nodes and tasks of a real chain", () => {
  const folder = mkdtempSync(join(tmpdir(), "cortensor-audit-"));
  const readSet = openSets(folder, new AbortController().signal);
  let anvil: RunningAnvil;
  let profile: NetworkProfile;
  let owner: ChainWriter;
  let operator: ChainWriter;
  let account: number;
  let miners: readonly `0x${string}`[];
  let cumulativeWei = 0n;
  const credited = new Map<string, bigint>();

  beforeAll(async () => {
    anvil = await startAnvil({ chainId: 31_337 });
    profile = await deployNetwork({
      name: "test",
      chainId: anvil.chainId,
      rpcUrls: [anvil.url],
      privateKey: anvilKey(0),
      epochSeconds: EPOCH_SECONDS,
      save: () => undefined,
    });
    const writerOf = (index: number) => createChainWriter({ profile, privateKey: anvilKey(index) });
    const client = writerOf(1);
    [owner, operator] = [writerOf(0), writerOf(2)];
    await transferCor(owner, { to: client.account, wei: 100n * COR });
    account = (await openSession(client, { name: "test" })).account;
    await depositToSession(client, { account, wei: 20n * COR });
    await setAllotment(client, { account, lane: operator.account, wei: 10n * COR });
    const enrol = (index: number) =>
      registerNode(operator, { signerKey: anvilKey(index), roles: ["miner"] as const, endpoint: "" });
    miners = [(await enrol(5)).signer, (await enrol(6)).signer, (await enrol(7)).signer];
    await addAssessor(owner, operator.account);
  });
  afterAll(async () => {
    await anvil?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const minerAt = (index: number): `0x${string}` => miners[index] ?? "0x";

  /** Moves the chain's time forward and makes a block. */
  const pass = async (seconds: number): Promise<void> => {
    for (const [method, params] of [
      ["evm_increaseTime", [seconds]],
      ["evm_mine", []],
    ] as const)
      await owner.client.request<{ Method: string; Parameters: readonly unknown[]; ReturnType: unknown }>({
        method,
        params,
      });
  };
  const epochNow = async (): Promise<number> => epochAt(profile, (await readHead(owner)).timestamp);

  /** Settles tasks, each of one miner, and publishes their set. Gives the epoch whose records have it. */
  const settle = async (tasks: readonly { readonly index: number; readonly miner: `0x${string}` }[]) => {
    const entries = tasks.map(({ index, miner }): SetEntry => {
      const payees = [{ payee: miner, netWei: 8n }];
      return { id: setEntryId(taskOf(index)), resultsHash: taskOf(1_000 + index), feeWei: 10n, payees };
    });
    const set = encodeSettlementSet(entries);
    writeFileSync(join(folder, set.setCid), set.bytes);
    for (const { miner } of tasks) credited.set(miner, (credited.get(miner) ?? 0n) + 8n);
    cumulativeWei += 10n * BigInt(tasks.length);
    const lane = operator.account;
    const debit = {
      account,
      lane,
      cumulativeWei,
      receiptsRoot: ZERO_BYTES32,
      count: Number(cumulativeWei / 10n),
      epoch: 0,
    };
    const domain = paymentDomain({ chainId: profile.chainId, payment: profile.addresses.sessionPayment });
    const signature = signDigest(typedDataDigest(domain, hashDebit(debit)), anvilKey(1));
    const payees = [...new Set(tasks.map(({ miner }) => miner))].sort();
    await sendSettlement(operator, {
      lane,
      settlementRoot: set.settlementRoot,
      setCid: set.setCid,
      debits: [{ debit, signature }],
      credits: payees.map((payee) => ({ payee, cumulativeWei: credited.get(payee) ?? 0n })),
    });
    return { epoch: recordEpochAt(profile, (await readHead(operator)).timestamp), set };
  };

  it("ranks miners by what an epoch's records leave, and names what nobody publishes", async () => {
    await assessNode(operator, { node: minerAt(0), level: 3 });
    await assessNode(operator, { node: minerAt(1), level: 6 });
    await assessNode(operator, { node: minerAt(2), level: 6 });
    const { epoch } = await settle([
      { index: 0, miner: minerAt(0) },
      { index: 1, miner: minerAt(2) },
    ]);
    await pass(2 * EPOCH_SECONDS);
    const before = await auditRanking(profile, { epoch, readSet });
    expect(before.differences).toEqual([]);
    expect(before.ranking.map(({ node, level, delivered }) => [node, level, delivered])).toEqual([
      [minerAt(2), 6, 1],
      [minerAt(1), 6, 0],
      [minerAt(0), 3, 1],
    ]);
    expect(before.missing.map(({ what }) => what).join()).toMatch(/verdicts of .*accepted tasks of .*reputations/);

    await assessNode(operator, { node: minerAt(0), level: 9 });
    await settle([{ index: 2, miner: minerAt(1) }]);
    await pass(2 * EPOCH_SECONDS);
    expect(await auditRanking(profile, { epoch, readSet }), "as it was").toEqual(before);
    const after = await auditRanking(profile, { epoch: (await epochNow()) - 1, readSet });
    expect(after.ranking.map(({ node }) => node)[0]).toBe(minerAt(0));

    await removeAssessor(owner, operator.account);
    await pass(2 * EPOCH_SECONDS);
    const unknown = await auditRanking(profile, { epoch: (await epochNow()) - 1, readSet });
    expect([unknown.ranking.map(({ level }) => level), unknown.differences]).toEqual([[0, 0, 0], []]);
  });

  it("says where a task was settled and when its duties are shown, and what isn't there", async () => {
    const { epoch } = await settle([{ index: 7, miner: minerAt(1) }]);
    const { task, differences, missing } = await auditVerdict(profile, { taskId: taskOf(7), readSet });
    expect(differences).toEqual([]);
    expect(task).toMatchObject({ epoch, lane: operator.account, entry: { feeWei: 10n, resultsHash: taskOf(1_007) } });
    expect(task?.duties.shownFrom).toBe(profile.t0 + (epoch + 2) * EPOCH_SECONDS);
    expect(missing.map(({ what }) => what).join()).toMatch(/results.*secrets.*first tier.*planted.*second tier/);
    const nowhere = await auditVerdict(profile, { taskId: taskOf(8), readSet });
    expect(nowhere.task).toBeUndefined();
    expect(nowhere.missing).toHaveLength(1);
  });

  it("names a set that was changed", async () => {
    const { set, epoch } = await settle([{ index: 9, miner: minerAt(1) }]);
    await pass(2 * EPOCH_SECONDS);
    const bytes = Uint8Array.from(set.bytes);
    bytes[70] = (bytes[70] ?? 0) ^ 1;
    writeFileSync(join(folder, set.setCid), bytes);
    const { differences } = await auditRanking(profile, { epoch, readSet });
    expect(differences.map(({ what }) => what)).toEqual(["setTampered"]);
    const { differences: ofTask } = await auditVerdict(profile, { taskId: taskOf(7), readSet });
    expect(ofTask.map(({ what }) => what)).toEqual(["setTampered"]);
  });
});
