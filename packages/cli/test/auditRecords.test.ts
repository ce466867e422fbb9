import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { addAssessor, assessNode, epochAt, readHead, registerNode, removeAssessor } from "@cortensor/chain";
import { type Address, cutOffOf } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey } from "../../../tools/anvil/startAnvil.mjs";
import { auditRanking } from "../src/audit/auditRanking.js";
import { auditVerdict } from "../src/audit/auditVerdict.js";
import { openPublicData } from "../src/audit/publicData.js";
import { resultsOf, type SettlingNetwork, startSettlingNetwork, taskOf } from "./settlingNetwork.js";

const EPOCH_SECONDS = 30;
const { signal } = new AbortController();

describe("auditing nodes and tasks of a real chain", () => {
  let network: SettlingNetwork;
  let miners: readonly Address[];

  beforeAll(async () => {
    network = await startSettlingNetwork(EPOCH_SECONDS);
    const { operator } = network;
    const enrol = (index: number) =>
      registerNode(operator, { signerKey: anvilKey(index), roles: ["miner"] as const, endpoint: "" });
    miners = [(await enrol(5)).signer, (await enrol(6)).signer, (await enrol(7)).signer];
    await addAssessor(network.writerOf(0), operator.account);
  });
  afterAll(() => network?.stop());

  const open = () => openPublicData(network.profile, { readSet: network.readSet, signal });
  const minerAt = (index: number): Address => miners[index] ?? "0x";
  const epochNow = async (): Promise<number> => epochAt(network.profile, (await readHead(network.operator)).timestamp);

  it("ranks miners by what an epoch's records leave, and names what nobody publishes", async () => {
    const { operator, profile, pass, goTo, settle, tell } = network;
    await assessNode(operator, { node: minerAt(0), level: 3 });
    await assessNode(operator, { node: minerAt(1), level: 6 });
    await assessNode(operator, { node: minerAt(2), level: 6 });
    // A whole epoch is left for what follows.
    await goTo(cutOffOf(profile, await epochNow()));
    const tasks = [
      { index: 0, miner: minerAt(0) },
      { index: 1, miner: minerAt(2) },
    ];
    const { epoch } = await settle(tasks);
    await tell(tasks);
    await pass(3 * EPOCH_SECONDS);
    const before = await auditRanking(open(), epoch);
    expect(before.differences).toEqual([]);
    expect(before.ranking.map(({ node, level, delivered }) => [node, level, delivered])).toEqual([
      [minerAt(2), 6, 1],
      [minerAt(1), 6, 0],
      [minerAt(0), 3, 1],
    ]);
    expect(before.missing.map(({ what }) => what)).toEqual([expect.stringMatching(/^verdicts of /)]);
    const next = await auditRanking(open(), epoch + 1);
    expect(next.ranking.map(({ node, reputationPpm }) => [node, reputationPpm > 0])).toEqual([
      [minerAt(2), true],
      [minerAt(1), false],
      [minerAt(0), true],
    ]);

    await assessNode(operator, { node: minerAt(0), level: 9 });
    await settle([{ index: 2, miner: minerAt(1) }]);
    await pass(2 * EPOCH_SECONDS);
    expect(await auditRanking(open(), epoch), "as it was").toEqual(before);
    const after = await auditRanking(open(), (await epochNow()) - 1);
    expect(after.ranking.map(({ node }) => node)[0]).toBe(minerAt(0));

    await removeAssessor(network.writerOf(0), operator.account);
    await pass(2 * EPOCH_SECONDS);
    const unknown = await auditRanking(open(), (await epochNow()) - 1);
    expect([unknown.ranking.map(({ level }) => level), unknown.differences]).toEqual([[0, 0, 0], []]);
  });

  it("says where a task was settled, when its duties are shown and what came of them, and what isn't there", async () => {
    const { operator, profile, pass, settle } = network;
    const { epoch } = await settle([{ index: 7, miner: minerAt(1) }]);
    const { task, differences, missing } = await auditVerdict(open(), taskOf(7));
    expect(differences).toEqual([]);
    expect(task).toMatchObject({ epoch, lane: operator.account, entry: { feeWei: 10n, resultsHash: resultsOf(7) } });
    expect(task?.times.shownFrom).toBe(profile.t0 + (epoch + 2) * EPOCH_SECONDS);
    expect(task?.found).toBeUndefined();
    expect(missing.map(({ what }) => what).join()).toMatch(/^duties of epoch.*second tier and votes of a jury$/);
    await pass(3 * EPOCH_SECONDS);
    const after = await auditVerdict(open(), taskOf(7));
    expect(after.task?.found).toEqual({ duties: [], silent: [], tallies: [] });
    expect(after.missing.map(({ what }) => what).join()).not.toMatch(/duties/);
    const nowhere = await auditVerdict(open(), taskOf(8));
    expect(nowhere.task).toBeUndefined();
    expect(nowhere.missing).toHaveLength(1);
  });

  it("names a set that was changed", async () => {
    const { folder, pass, settle } = network;
    const { set, epoch } = await settle([{ index: 9, miner: minerAt(1) }]);
    await pass(2 * EPOCH_SECONDS);
    const bytes = Uint8Array.from(set.bytes);
    bytes[70] = (bytes[70] ?? 0) ^ 1;
    writeFileSync(join(folder, set.setCid), bytes);
    const { differences } = await auditRanking(open(), epoch);
    expect(differences.map(({ what }) => what)).toEqual(["setTampered"]);
    const { differences: ofTask } = await auditVerdict(open(), taskOf(7));
    expect(ofTask.map(({ what }) => what)).toEqual(["setTampered"]);
  });
});
