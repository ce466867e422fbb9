import {
  addressOfPrivateKey,
  cutOffOf,
  drawOwnDuties,
  dutyCommitment,
  encodeOutcomes,
  epochStart,
  PPM,
  recordEpochAt,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { CutOffs } from "./cutOffs.js";
import { createDutyBooks, type DutyBooks } from "./dutyBooks.js";
import { PostedEpochs } from "./postedEpochs.js";
import { anEntry, GuardNetwork, keyOf } from "./test/guardNetwork.js";
import { aWork, MINER } from "./test/makeWork.js";
import { CHAIN_ID, TIMES } from "./test/memoryChain.js";

const NEVER = new AbortController().signal;
const EPOCHS = 6;
/** Of each epoch: two epochs' are more than a miner's first tasks. */
const TASKS = 30;
/** Who has no part in any task: all that is checked, it checks. */
const VALIDATOR = addressOfPrivateKey(keyOf("validator"));
const secretOf = (epoch: number) => keyOf(`secret of epoch ${epoch}`);

let network: GuardNetwork;
/** Asked in every epoch, as a guard is. */
let walking: DutyBooks;

function openBooks(): DutyBooks {
  const chain = network.chain.portOf(VALIDATOR);
  const fetchSet = async ({ setCid }: { readonly setCid: `0x${string}` }) => network.sets.get(setCid)?.bytes;
  return createDutyBooks({ chain, cutOffs: new CutOffs(chain), posted: new PostedEpochs(chain), fetchSet });
}

async function ratesOf({ board }: DutyBooks, epoch: number): Promise<readonly number[]> {
  const drawn = await board.drawnFrom(epoch, NEVER);
  if (drawn.kind !== "tasks") throw new Error(`epoch ${epoch} is ${drawn.kind}`);
  return [...new Set(drawn.tasks.map(({ ratePpm }) => ratePpm))];
}

function pledge(epoch: number): void {
  const secret = { chainId: CHAIN_ID, epoch, validator: VALIDATOR, secret: secretOf(epoch) };
  const commitment = dutyCommitment(secret);
  const made = { validator: VALIDATOR, owner: VALIDATOR, stakeWei: 5n, commitment };
  network.chain.pledges.push({ epoch, pledge: made, block: network.chain.head });
}

/** Passes all that it drew. */
async function show(epoch: number): Promise<void> {
  const drawn = await walking.board.drawnFrom(epoch, NEVER);
  if (drawn.kind !== "tasks") throw new Error(drawn.kind);
  const own = { validator: VALIDATOR, secret: secretOf(epoch) };
  const tasks = drawOwnDuties({ chainId: CHAIN_ID, epoch, ...drawn, own });
  const outcomes = encodeOutcomes(tasks.map(() => "passed"));
  network.chain.shows.push({ epoch, show: { ...own, documentCid: ZERO_BYTES32, outcomes }, block: network.chain.head });
}

/** Tasks of one miner that are told of and settled, and the roots that guards would post of the epoch. */
async function passEpoch(epoch: number): Promise<void> {
  const { chain } = network;
  chain.mine(epochStart(TIMES, epoch) + 1);
  pledge(epoch + 1);
  if (epoch > 2) await show(epoch - 2);
  const names = Array.from({ length: TASKS }, (_, index) => `${epoch} ${index}`);
  network.settle(names.map((name) => ({ ...anEntry(name), payees: [{ payee: MINER, netWei: 3n }] })));
  const ended = names.map((name) => aWork(name)).sort((left, right) => (left.id < right.id ? -1 : 1));
  network.tell({ ended });
  chain.mine(epochStart(TIMES, epoch + 1));
  for (const kind of ["results", "reputation"] as const) {
    const attestation = { subjectChainId: CHAIN_ID, kind, epoch, root: keyOf(`${kind} ${epoch}`) };
    chain.posted.push({ attestation, block: chain.head });
  }
}

describe("duties and the reputations that they follow from", () => {
  beforeAll(async () => {
    network = new GuardNetwork();
    walking = openBooks();
    for (let epoch = 0; epoch < EPOCHS; epoch += 1) await passEpoch(epoch);
  });

  it("check all of a newcomer's tasks, and fewer once audits have passed them", async () => {
    for (const epoch of [0, 1, 2]) expect(await ratesOf(walking, epoch)).toEqual([PPM]);
    const [third = 0] = await ratesOf(walking, 3);
    expect(third).toBeGreaterThan(0.9 * PPM);
    const [fourth = PPM] = await ratesOf(walking, 4);
    const [fifth = PPM] = await ratesOf(walking, 5);
    expect(fourth).toBeLessThan(PPM / 3);
    expect(fifth).toBeLessThan(fourth);
  });

  it("are the same to who asks for one epoch alone, and in whichever order", async () => {
    const late = openBooks();
    for (const epoch of [5, 2, 4]) expect(await ratesOf(late, epoch)).toEqual(await ratesOf(walking, epoch));
    const [first, other] = await Promise.all([walking, late].map(({ board }) => board.recompute(3, NEVER)));
    expect(first).toEqual(other);
    if (first === "hidden") throw new Error(first);
    expect(first?.tallies).toMatchObject([{ validator: VALIDATOR, drawn: TASKS, paid: TASKS }]);
  });

  it("are as they were when more is condemned later, though reputations begin anew", async () => {
    const before = await ratesOf(walking, 5);
    const { chain } = network;
    const [settlement] = await chain.portOf(VALIDATOR).readSettlements({ fromBlock: 0, toBlock: chain.head });
    if (settlement === undefined) throw new Error("something was settled");
    chain.condemned.set(settlement.settlementId, chain.head);
    chain.mine(cutOffOf(TIMES, EPOCHS));
    const [blocks, lastBlock] = [{ fromBlock: 0, toBlock: chain.head }, await chain.portOf(VALIDATOR).readHead()];
    const epoch = recordEpochAt(TIMES, lastBlock.time) - 1;
    const late = openBooks();
    const range = { fromEpoch: epoch, epoch, blocks, lastBlock };
    const leaves = await late.readReputation(range, NEVER);
    expect(leaves).toHaveLength(1);
    expect(await walking.readReputation(range, NEVER)).toEqual(leaves);
    for (const books of [walking, late]) expect(await ratesOf(books, 5)).toEqual(before);
  });

  it("aren't known while a record that they follow from isn't shown", async () => {
    const hidden = [...network.sets].slice(0, 2);
    for (const [cid] of hidden) network.sets.delete(cid);
    expect(await openBooks().board.drawnFrom(5, NEVER)).toEqual({ kind: "hidden" });
    for (const [cid, set] of hidden) network.sets.set(cid, set);
    expect((await openBooks().board.drawnFrom(5, NEVER)).kind).toBe("tasks");
  });
});
