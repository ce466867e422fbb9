import type { ReceiptDocument } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditSettlements } from "./harness/auditSettlements.js";
import { sealingClient } from "./harness/killSealed.js";
import { LONG_PROMPT, longAnswer } from "./harness/longAnswer.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";
import { type TaskWatch, watchTasks } from "./harness/watchTasks.js";

/** Kills that part an answer. The deep run makes 1,000, in parts that each begin where the one before ended. */
const PARTED = Number(process.env.CORTENSOR_KILLS ?? 10);
const FIRST_KILL = Number(process.env.CORTENSOR_KILLS_FROM ?? 0);
/** One starts again while the other two work: else each kill waits for a start. */
const MINERS = 3;
/** Answers are long enough for several checkpoints; the deep run's are shorter. */
const MAX_TOKENS = process.env.CORTENSOR_DEEP === "kills" ? 160 : 320;
/** Miners that must run before the next kill: one to be killed, one to go on. */
const MINERS_BEFORE_KILL = 2;
const CHECKPOINT = 32;
const RECEIPT_MS = 20_000;
/** Answers whose undisturbed text is known: greedy, and drawn at temperature 1. */
const ASKED = [
  { temperature: 0, seed: 1 },
  { temperature: 1, seed: 2 },
  { temperature: 1, seed: 3 },
] as const;

type Answered = {
  readonly taskId: string;
  readonly firstMiner: string;
  readonly wanted: string;
  readonly text: string;
};

describe("a miner killed in mid-stream", () => {
  let network: Network;
  let watch: TaskWatch;
  const undisturbed: string[] = [];
  const taskIds: string[] = [];

  beforeAll(async () => {
    // A miner that is killed every few seconds would be kept waiting longer and longer.
    network = await startNetwork({ args: ["--miners", String(MINERS)], env: { CORTENSOR_RESTART_CAP: "500ms" } });
    await minersSeated(network, MINERS);
    watch = await watchTasks(network.client);
    taskIds.push(...watch.ownTaskIds);
    for (const asked of ASKED) {
      const answer = await network.client.chat(LONG_PROMPT, longAnswer({ maxTokens: MAX_TOKENS, ...asked }));
      expect([answer.completionTokens, answer.finish]).toEqual([MAX_TOKENS, "length"]);
      taskIds.push(answer.taskId);
      undisturbed.push(answer.text);
    }
  });
  afterAll(async () => {
    await watch?.stop();
    await network?.stop();
  });

  it("answers the same twice when nobody is killed, and differently by seed", async () => {
    const [asked] = ASKED;
    const again = await network.client.chat(LONG_PROMPT, longAnswer({ maxTokens: MAX_TOKENS, ...asked }));
    taskIds.push(again.taskId);
    expect(again.text).toBe(undisturbed[0]);
    expect(new Set(undisturbed).size).toBe(ASKED.length);
  });

  it(
    `leaves every answer whole, equal and paid to the last checkpoint: ${PARTED} answers that lost their miner`,
    async () => {
      let parted = 0;
      for (let kill = FIRST_KILL; parted < PARTED; kill++) {
        expect(kill - FIRST_KILL, "kills, most of which must part an answer").toBeLessThan(2 * PARTED);
        // Early, in the middle and late: any share of the text.
        const share = ((kill * 7 + 3) % 20) / 20;
        const { answer, killed } = await killWhileAnswering(kill, share);
        const { taskId, firstMiner, wanted, text } = answer;
        const what = `task ${taskId}, kill ${kill} of ${killed} at ${share}`;
        expect(text, what).toBe(wanted);
        const receipt = await network.client.receipt(taskId, { waitMs: RECEIPT_MS });
        expectPaid(receipt, killed, what);
        if (isParted(receipt, firstMiner)) parted += 1;
        await minersSeated(network, MINERS_BEFORE_KILL);
      }
    },
    60_000 + PARTED * 60_000,
  );

  it("leaves a sealed answer whole: by a standby that it was sealed to, without its client, and else by its sealing again", async () => {
    for (const standbys of [true, false]) {
      await minersSeated(network, MINERS);
      const client = sealingClient(network, { standbys });
      const wanted = await client.undisturbed(standbys ? MINERS : 1);
      const { answer, killed, envelopes } = await client.kill(wanted, watch);
      expect(answer.text).toBe(wanted);
      expect(envelopes).toBe(standbys ? 1 : 2);
      expect(answer.sealing?.readers).toContain(killed);
      expect(answer.sealing?.readers).toHaveLength(standbys ? MINERS : 2);
      const { payees, sealing } = await network.client.receipt(answer.taskId, { waitMs: RECEIPT_MS });
      expect(payees.at(-1)?.miner).not.toBe(killed);
      expect(sealing).toEqual(answer.sealing);
      taskIds.push(...client.taskIds);
    }
  });

  it("settles what was paid, to the wei, over all the kills", async () => {
    const receipts: ReceiptDocument[] = [];
    for (const taskId of taskIds) receipts.push(await network.client.receipt(taskId, { waitMs: RECEIPT_MS }));
    const { expected, found } = await auditSettlements(network, receipts);
    expect(found).toEqual(expected);
  });

  /** Streams an answer, kills its miner once so much of its text has come, and reads it to its end. */
  async function killWhileAnswering(kill: number, share: number) {
    const pids = network.minerPids();
    let killed: string | undefined;
    const onText = (miner: string, text: string, wanted: string): void => {
      if (killed !== undefined || text.length <= wanted.length * share) return;
      killed = miner;
      const pid = pids.get(miner);
      if (pid === undefined) throw new Error(`miner ${miner} has no process`);
      process.kill(pid, "SIGKILL");
    };
    const answer = await readAnswer(kill % ASKED.length, onText);
    if (killed === undefined) throw new Error("the answer ended before its miner could be killed");
    return { answer, killed };
  }

  async function readAnswer(
    kind: number,
    onText: (miner: string, text: string, wanted: string) => void,
  ): Promise<Answered> {
    const asked = ASKED[kind];
    const wanted = undisturbed[kind];
    if (asked === undefined || wanted === undefined) throw new Error("nothing to ask");
    let taskId = "";
    let firstMiner = "";
    let text = "";
    let ends = 0;
    for await (const event of network.client.streamChat(LONG_PROMPT, longAnswer({ maxTokens: MAX_TOKENS, ...asked }))) {
      if (event.kind === "started") {
        taskId = event.taskId;
        taskIds.push(taskId);
        firstMiner = (await watch.of("taskStarted", taskId)).miner;
      } else if (event.kind === "text") {
        text += event.text;
        onText(firstMiner, text, wanted);
      } else {
        ends += 1;
        expect([event.finish, event.text]).toEqual(["length", text]);
      }
    }
    expect(ends).toBe(1);
    return { taskId, firstMiner, wanted, text };
  }
});

/** Whether the miner that began isn't the one, and the only one, that is paid for all of it. */
function isParted({ receipt, payees }: ReceiptDocument, firstMiner: string): boolean {
  return payees.length > 1 || payees[0]?.miner !== firstMiner || receipt.nOut < MAX_TOKENS;
}

/**
 * Whoever is killed is paid to its last checkpoint, its successor from where it took over; the fewer than 32 tokens between them
 * are the client's for nothing. One that was killed before its first checkpoint isn't paid.
 */
function expectPaid({ receipt, payees }: ReceiptDocument, killed: string, what: string): void {
  let position = 0;
  for (const [index, payee] of payees.entries()) {
    expectGap(payee.from - position, what);
    position = payee.to;
    // The last one made the answer's end, or was killed between its last token and its last word.
    if (index < payees.length - 1 || position < MAX_TOKENS) {
      expect([payee.miner, payee.to % CHECKPOINT], what).toEqual([killed, 0]);
    }
  }
  expectGap(MAX_TOKENS - position, what);
  if (payees.length > 1) expect(payees.at(-1)?.miner, what).not.toBe(killed);
  expect(
    payees.reduce((sum, { from, to }) => sum + to - from, 0),
    what,
  ).toBe(receipt.nOut);
  expect(
    payees.reduce((sum, { wei }) => sum + wei, 0n),
    what,
  ).toBe(receipt.feeWei);
}

/** Tokens that no checkpoint covered when their miner was killed. */
function expectGap(tokens: number, what: string): void {
  expect(tokens, what).toBeGreaterThanOrEqual(0);
  expect(tokens, what).toBeLessThan(CHECKPOINT);
}

/** Waits until so many miners run, and the router has each of those that run. */
async function minersSeated(network: Network, count: number): Promise<void> {
  await until(`${count} miners`, async () => {
    const running = [...network.minerPids().keys()];
    const { miners } = await network.client.network();
    const seated = new Set(miners.filter(({ models }) => models.length > 0).map(({ address }) => address as string));
    const joined = running.filter((miner) => seated.has(miner));
    return joined.length >= count && seated.size === joined.length ? true : undefined;
  });
}
