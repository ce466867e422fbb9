import type { ReceiptDocument } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditSettlements } from "./harness/auditSettlements.js";
import { LONG_PROMPT, longAnswer } from "./harness/longAnswer.js";
import { isRunning } from "./harness/processes.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";
import { type TaskWatch, watchTasks } from "./harness/watchTasks.js";

/** Kills in an ordinary run, in one that asks for more, and in the deep one. */
const KILLS = Number(process.env.CORTENSOR_KILLS ?? (process.env.CORTENSOR_DEEP === "kills" ? 1_000 : 6));
const MAX_TOKENS = 600;
const CHECKPOINT = 32;
const RECEIPT_MS = 20_000;
/** Answers whose undisturbed text is known: greedy, and drawn at temperature 1. */
const ASKED = [
  { temperature: 0, seed: 1 },
  { temperature: 1, seed: 2 },
  { temperature: 1, seed: 3 },
] as const;

describe("a miner killed in mid-stream", () => {
  let network: Network;
  let watch: TaskWatch;
  const undisturbed: { readonly text: string; readonly tokens: number }[] = [];
  const taskIds: string[] = [];

  beforeAll(async () => {
    network = await startNetwork();
    await allMiners(network);
    watch = await watchTasks(network.client);
    taskIds.push(...watch.ownTaskIds);
    for (const asked of ASKED) {
      const answer = await network.client.chat(LONG_PROMPT, longAnswer({ maxTokens: MAX_TOKENS, ...asked }));
      taskIds.push(answer.taskId);
      undisturbed.push({ text: answer.text, tokens: answer.completionTokens });
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
    expect(again.text).toBe(undisturbed[0]?.text);
    expect(undisturbed.map(({ tokens }) => tokens)).toEqual(ASKED.map(() => MAX_TOKENS));
    expect(new Set(undisturbed.map(({ text }) => text)).size).toBe(ASKED.length);
  });

  it(
    `leaves every answer whole, equal and paid to the last checkpoint, ${KILLS} times`,
    async () => {
      let interrupted = 0;
      for (let kill = 0; interrupted < KILLS; kill++) {
        expect(kill, "kills that came too late to part an answer").toBeLessThan(2 * KILLS);
        const kind = kill % ASKED.length;
        const asked = ASKED[kind];
        const whole = undisturbed[kind];
        if (asked === undefined || whole === undefined) throw new Error("nothing to ask");
        // Early, in the middle and late: any share of the text.
        const share = ((kill * 7 + 3) % 20) / 20;
        const outcome = await killWhileAnswering({ asked, after: Math.floor(whole.text.length * share) });
        const what = `kill ${kill} of ${outcome.killed} at ${share}`;
        expect(outcome.text, what).toBe(whole.text);
        expect(outcome.finish, what).toBe("length");
        const receipt = await network.client.receipt(outcome.taskId, { waitMs: RECEIPT_MS });
        if (expectPaid(receipt, outcome.killed, what) === "parted") interrupted += 1;
        await allMiners(network);
      }
    },
    KILLS * 60_000,
  );

  it("settles what was paid, to the wei, over all the kills", async () => {
    const receipts = await Promise.all(taskIds.map((taskId) => network.client.receipt(taskId, { waitMs: RECEIPT_MS })));
    const { expected, found } = await auditSettlements(network, receipts);
    expect(found).toEqual(expected);
  });

  /** Streams an answer, kills the miner that makes it once so much text has come, and reads on to the end. */
  async function killWhileAnswering(parts: { asked: (typeof ASKED)[number]; after: number }) {
    const pids = network.minerPids();
    const stream = network.client.streamChat(LONG_PROMPT, longAnswer({ maxTokens: MAX_TOKENS, ...parts.asked }));
    let taskId = "";
    let text = "";
    let killed: string | undefined;
    let finish: string | undefined;
    let ends = 0;
    for await (const event of stream) {
      if (event.kind === "started") {
        taskId = event.taskId;
        taskIds.push(taskId);
      } else if (event.kind === "text") {
        text += event.text;
        if (killed === undefined && text.length > parts.after) {
          killed = (await watch.of("taskStarted", taskId)).miner;
          killMiner(pids, killed);
        }
      } else {
        ends += 1;
        finish = event.finish;
        expect(event.text).toBe(text);
      }
    }
    expect(ends).toBe(1);
    if (killed === undefined) throw new Error("the answer ended before its miner could be killed");
    return { taskId, text, finish, killed };
  }
});

/**
 * The killed miner is paid to its last checkpoint, its successor from where it took over; the tokens between are the client's for
 * nothing. Or the kill came too late to part the answer, or before the first checkpoint.
 */
function expectPaid({ receipt, payees }: ReceiptDocument, killed: string, what: string): "parted" | "late" {
  const last = payees.at(-1);
  expect(last?.to, what).toBe(MAX_TOKENS);
  expect(
    payees.reduce((sum, { from, to }) => sum + to - from, 0),
    what,
  ).toBe(receipt.nOut);
  expect(
    payees.reduce((sum, { wei }) => sum + wei, 0n),
    what,
  ).toBe(receipt.feeWei);
  const first = payees[0];
  if (first === undefined || last === undefined) throw new Error(`${what}: nobody is paid`);
  const gap = MAX_TOKENS - receipt.nOut;
  expect(gap, what).toBeGreaterThanOrEqual(0);
  expect(gap, what).toBeLessThan(CHECKPOINT);
  if (payees.length === 1) {
    // All of it by the one that was killed, after its last token; or by the other, when no checkpoint had come.
    expect(first.from, what).toBe(gap);
    if (first.miner === killed) expect(gap, what).toBe(0);
    return first.miner === killed ? "late" : "parted";
  }
  expect(payees, what).toHaveLength(2);
  expect([first.miner, first.from, first.to % CHECKPOINT], what).toEqual([killed, 0, 0]);
  expect(last.miner, what).not.toBe(killed);
  expect(last.from - first.to, what).toBe(gap);
  return "parted";
}

function killMiner(pids: ReadonlyMap<string, number>, miner: string): void {
  const pid = pids.get(miner);
  if (pid === undefined) throw new Error(`miner ${miner} has no process`);
  process.kill(pid, "SIGKILL");
}

/** Waits until two miners run, each with one process, and the router has both. */
async function allMiners(network: Network): Promise<void> {
  await until("two miners", async () => {
    const running = [...network.minerPids().keys()].sort();
    const seated = (await network.client.network()).miners.map(({ address }) => address).sort();
    const isWhole = running.length === 2 && running.every((miner, index) => seated[index] === miner);
    return isWhole && network.processes().every(({ pid }) => isRunning(pid)) ? true : undefined;
  });
}
