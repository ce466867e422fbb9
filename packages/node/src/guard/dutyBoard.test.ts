import {
  type Address,
  addressOfPrivateKey,
  type Bytes32,
  cutOffOf,
  type DisputeNews,
  type DutyPledge,
  decodeVirtualBlock,
  drawOwnDuties,
  dutyCommitment,
  encodeOutcomes,
  epochStart,
  isDutyPayProof,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CutOffs } from "./cutOffs.js";
import { DutyBoard } from "./dutyBoard.js";
import { PostedEpochs } from "./postedEpochs.js";
import { createReadDutyPay } from "./readDutyPay.js";
import { createReadFindings } from "./readFindings.js";
import { anEntry, GuardNetwork, keyOf, LANE } from "./test/guardNetwork.js";
import { CHAIN_ID, TIMES } from "./test/memoryChain.js";

/** Whose results are checked. */
const EPOCH = 1;
const NEVER = new AbortController().signal;
const validatorOf = (number: number): Address => addressOfPrivateKey(keyOf(`validator ${number}`));
const secretOf = (number: number): Bytes32 => keyOf(`secret of ${number}`);
const NUMBERS = [1, 2, 3];
const CREDITED_WEI = 1_000_003n;
const miner = addressOfPrivateKey(keyOf("miner"));
const payees = [{ payee: miner, netWei: 4n }];
const TASKS = ["a", "b", "c", "d", "e", "f"].map((name) => ({ ...anEntry(name), payees }));

/** How often the miner's tasks are checked, by the epoch whose root says so. */
const rates = new Map<number, number>();
let network: GuardNetwork;
let board: DutyBoard;
beforeEach(async () => {
  rates.clear();
  rates.set(EPOCH - 1, 1_000_000);
  network = new GuardNetwork();
  await network.open([1n, 1n, 1n, 1n]);
  const chain = network.chain.portOf(validatorOf(1));
  const fetchSet = async ({ setCid }: { readonly setCid: Bytes32 }) => network.sets.get(setCid)?.bytes;
  board = new DutyBoard({
    ...{ chain, cutOffs: new CutOffs(chain), posted: new PostedEpochs(chain), fetchSet },
    readRates: async (epoch) => {
      const rate = rates.get(epoch);
      return rate === undefined ? undefined : new Map([[miner, rate]]);
    },
  });
});
afterEach(() => network.close());

const pledgeOf = (number: number): DutyPledge => {
  const [validator, secret] = [validatorOf(number), secretOf(number)];
  return {
    ...{ validator, owner: validator, stakeWei: 5n },
    commitment: dutyCommitment({ chainId: CHAIN_ID, epoch: EPOCH, validator, secret }),
  };
};

/** The epoch before, in which secrets are committed to, and the epoch itself, in which tasks are settled and whose root is posted. */
async function drawTasks(): Promise<void> {
  await network.to(epochStart(TIMES, EPOCH - 1) + 1);
  for (const number of NUMBERS)
    network.chain.pledges.push({ epoch: EPOCH, pledge: pledgeOf(number), block: network.chain.head });
  await network.toCutOff(EPOCH - 1);
  network.settle(TASKS);
  network.chain.credits.push({ credit: { lane: LANE, creditedWei: CREDITED_WEI }, block: network.chain.head });
  for (const epoch of [EPOCH - 1, EPOCH]) for (const slot of [0, 1, 2, 3]) await network.toSlot(epoch, slot);
}

const ownOf = async (number: number): Promise<readonly Bytes32[]> => {
  const drawn = await board.drawnFrom(EPOCH, NEVER);
  if (drawn.kind !== "tasks") throw new Error(drawn.kind);
  const own = { validator: validatorOf(number), secret: secretOf(number) };
  return drawOwnDuties({ chainId: CHAIN_ID, epoch: EPOCH, ...drawn, own });
};

/** The first validator passes all that it drew, the second suspects all of it, the third is silent. */
async function showAll(): Promise<void> {
  await network.to(epochStart(TIMES, EPOCH + 2) + 1);
  for (const [number, outcome] of [
    [1, "passed"],
    [2, "failed"],
  ] as const) {
    const outcomes = encodeOutcomes((await ownOf(number)).map(() => outcome));
    const shown = { validator: validatorOf(number), secret: secretOf(number), documentCid: ZERO_BYTES32, outcomes };
    network.chain.shows.push({ epoch: EPOCH, show: shown, block: network.chain.head });
  }
  network.chain.mine(cutOffOf(TIMES, EPOCH + 2), 4);
}

describe("a duty board", () => {
  it("has the tasks under an epoch's results root and who committed before it, once the root is posted", async () => {
    await network.to(epochStart(TIMES, EPOCH) + 1);
    expect(await board.drawnFrom(EPOCH, NEVER)).toEqual({ kind: "unposted" });
    await drawTasks();
    const drawn = await board.drawnFrom(EPOCH, NEVER);
    if (drawn.kind !== "tasks") throw new Error(drawn.kind);
    expect(drawn.tasks.map(({ taskId }) => taskId).sort()).toEqual(TASKS.map(({ id }) => id).sort());
    expect(drawn.pledges).toEqual(NUMBERS.map(pledgeOf));
    const [first] = TASKS;
    const parties = drawn.tasks.find(({ taskId }) => taskId === first?.id)?.parties;
    expect(first?.payees.every(({ payee }) => parties?.has(payee))).toBe(true);
  });

  it("has each task at the rate of its miner as of the last reputation root before the epoch", async () => {
    rates.set(EPOCH - 1, 70_000);
    rates.set(EPOCH, 60_000);
    await drawTasks();
    const drawn = await board.drawnFrom(EPOCH, NEVER);
    if (drawn.kind !== "tasks") throw new Error(drawn.kind);
    expect(drawn.tasks.map(({ ratePpm }) => ratePpm)).toEqual(TASKS.map(() => 70_000));
    rates.delete(EPOCH - 1);
    expect(await board.drawnFrom(EPOCH, NEVER)).toEqual({ kind: "hidden" });
  });

  it("says nothing while a set isn't shown", async () => {
    await drawTasks();
    network.sets.clear();
    expect(await board.drawnFrom(EPOCH, NEVER)).toEqual({ kind: "hidden" });
    expect(await board.recompute(EPOCH, NEVER)).toBe("hidden");
  });

  it("recomputes what was done and missed, and names who kept its secret", async () => {
    await drawTasks();
    await showAll();
    const found = await board.recompute(EPOCH, NEVER);
    if (found === "hidden") throw new Error(found);
    expect(found.missing).toEqual([validatorOf(3)]);
    expect(found.duties.every(({ isDone }) => isDone)).toBe(true);
    expect(found.duties.length).toBe((await ownOf(1)).length + (await ownOf(2)).length);
  });

  it("gives what the first tier passed and nobody suspects, for each payee", async () => {
    await drawTasks();
    await showAll();
    const findings = await createReadFindings(board)({ epoch: EPOCH + 2 }, NEVER);
    const suspected = new Set(await ownOf(2));
    const passed = (await ownOf(1)).filter((id) => !suspected.has(id));
    expect(new Set(findings?.map(({ id }) => id))).toEqual(new Set(passed));
    for (const { finding } of findings ?? []) expect(finding).toBe("passed");
    expect(await createReadFindings(board)({ epoch: 1 }, NEVER)).toEqual([]);
  });
});

/** What each check of the epoch has: of those that passed, and of accusations. */
const eachOfAll = async (): Promise<bigint> => CREDITED_WEI / BigInt((await ownOf(1)).length + (await ownOf(2)).length);

/** The records of an epoch, in which this is heard of a dispute; and what validators have earned by its root. */
async function earnedBy(epoch: number, ...news: readonly DisputeNews[]): Promise<ReadonlyMap<Address, bigint>> {
  for (let past = EPOCH; past < epoch; past += 1) rates.set(past, 1_000_000);
  network.chain.mine(epochStart(TIMES, epoch) + 1);
  for (const one of news) network.chain.news.push({ one, block: network.chain.head });
  network.chain.mine(cutOffOf(TIMES, epoch), 4);
  const chain = network.chain.portOf(validatorOf(1));
  const readDutyPay = createReadDutyPay({ chain, cutOffs: new CutOffs(chain), board });
  const leaves = await readDutyPay({ epoch }, NEVER);
  if (leaves === undefined) throw new Error("a set isn't shown");
  return new Map(leaves.map(({ validator, earnedWei }) => [validator, earnedWei]));
}

describe("what duties pay", () => {
  it("is attested with what was shown: for each duty that passed, not for who kept its secret, nor for accusing", async () => {
    await drawTasks();
    await showAll();
    for (const slot of [0, 1, 2, 3]) await network.toSlot(EPOCH + 2, slot);
    const root = network.chain.rootOf({ kind: "dutyPay", epoch: EPOCH + 2 });
    const counts = [(await ownOf(1)).length, 0, 0];
    const eachWei = await eachOfAll();
    for (const [index, count] of counts.entries()) {
      // Who was late computed no root that was posted before.
      const proofs = network.guards.flatMap(({ gateway }) => gateway.findDutyPay(validatorOf(index + 1)));
      expect(new Set(proofs.map(({ earnedWei }) => earnedWei))).toEqual(
        new Set(count === 0 ? [] : [eachWei * BigInt(count)]),
      );
      expect(proofs.every((proof) => isDutyPayProof(proof, root ?? ZERO_BYTES32))).toBe(true);
    }
  });

  it("isn't known before the duties' own epoch is over, nor while a set isn't shown", async () => {
    await drawTasks();
    await showAll();
    const chain = network.chain.portOf(validatorOf(1));
    const readDutyPay = createReadDutyPay({ chain, cutOffs: new CutOffs(chain), board });
    expect(await readDutyPay({ epoch: EPOCH + 1 }, NEVER)).toEqual([]);
    const sets = new Map(network.sets);
    network.sets.clear();
    expect(await readDutyPay({ epoch: EPOCH + 2 }, NEVER)).toBeUndefined();
    for (const [cid, set] of sets) network.sets.set(cid, set);
    const leaves = await readDutyPay({ epoch: EPOCH + 2 }, NEVER);
    expect(leaves?.map(({ validator }) => validator)).toEqual([validatorOf(1)]);
    // What was said of an epoch before is said again.
    expect(await readDutyPay({ epoch: EPOCH + 1 }, NEVER)).toEqual([]);
    expect(await readDutyPay({ epoch: EPOCH + 2 }, NEVER)).toEqual(leaves);
  });
});

describe("what an accusation pays", () => {
  const ended = (taskId: Bytes32, ending: "slashed" | "cleared"): DisputeNews => ({
    kind: "ended",
    number: 1,
    taskId,
    ending,
  });

  it("is a pass's price, by the root of the epoch in which a dispute ends with it, and not before", async () => {
    await drawTasks();
    await showAll();
    const [task = ZERO_BYTES32] = await ownOf(2);
    expect((await earnedBy(EPOCH + 3)).has(validatorOf(2))).toBe(false);
    const upheld = await earnedBy(EPOCH + 4, ended(task, "slashed"));
    expect(upheld.get(validatorOf(2))).toBe(await eachOfAll());
    expect(await earnedBy(EPOCH + 5, ended(task, "slashed"))).toEqual(upheld);
  });

  it("is nothing where the dispute clears the result", async () => {
    await drawTasks();
    await showAll();
    const [task = ZERO_BYTES32] = await ownOf(2);
    expect((await earnedBy(EPOCH + 4, ended(task, "cleared"))).has(validatorOf(2))).toBe(false);
  });

  it("goes to the judges that were right too, whatever they said in whichever epoch", async () => {
    await drawTasks();
    await showAll();
    const [task = ZERO_BYTES32] = await ownOf(2);
    const feeWei = 10n ** 18n;
    const [right, wrong] = [validatorOf(8), validatorOf(9)];
    const said = (judge: Address, isWrong: boolean): DisputeNews => ({ kind: "said", number: 1, judge, isWrong });
    await earnedBy(EPOCH + 3, { kind: "priced", number: 1, feeWei }, said(right, true), said(wrong, false));
    network.chain.credits.push({ credit: { lane: LANE, creditedWei: 2n * CREDITED_WEI }, block: network.chain.head });
    expect((await earnedBy(EPOCH + 4, ended(task, "slashed"))).has(right)).toBe(false);
    const paid = await earnedBy(EPOCH + 6);
    expect([paid.get(right), paid.has(wrong)]).toEqual([await eachOfAll(), false]);
    expect(paid.get(validatorOf(2))).toBe(await eachOfAll());
  });
});

describe("a virtual block", () => {
  it("has the duties that were shown in its records, the same from every guard", async () => {
    await drawTasks();
    await showAll();
    for (const slot of [0, 1, 2, 3]) await network.toSlot(EPOCH + 2, slot);
    const blocks = network.guards.map(({ gateway }) => gateway.findVirtualBlock(EPOCH + 2));
    expect(new Set(blocks.map(String)).size).toBe(1);
    const [bytes] = blocks;
    if (bytes === undefined) throw new Error("the epoch has a virtual block");
    const duties = (await ownOf(1)).length + (await ownOf(2)).length;
    expect(decodeVirtualBlock(bytes).dutyCount).toBe(duties);
    expect(decodeVirtualBlock(bytes).dutiesRoot).not.toBe(ZERO_BYTES32);
  });
});
