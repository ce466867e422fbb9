import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isOfKill } from "./harness/clientLoad.js";
import { type ContentKeeper, startContentKeeper } from "./harness/contentKeeper.js";
import { isRunning } from "./harness/processes.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type SinkDatabase, startSinkDatabase } from "./harness/sinkDatabase.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { until } from "./harness/until.js";
import { untilSettled } from "./harness/untilSettled.js";

/** Tasks of the run: 1,000 in `npm run deep -- content`. */
const TASKS = Number(process.env.CORTENSOR_CONTENT_TASKS ?? 12);
/** Tasks between two rounds of kills, in each of which every part dies once. */
const ROUND_TASKS = 250;
const ROUNDS = Math.max(1, Math.round(TASKS / ROUND_TASKS));
/** However long a busy machine takes to start a process again, or to deliver what waits. */
const BACK_MS = 180_000;

type Victim = "sink" | "router" | "peer";
type Step = { readonly victim: Victim; readonly does: "kill" | "restart" };
/** Of a round, in sixths. The router, which starts again by itself, dies while its sink is dead, and again while the peer is. */
const STEPS: readonly (Step | undefined)[] = [
  undefined,
  { victim: "sink", does: "kill" },
  { victim: "router", does: "kill" },
  { victim: "sink", does: "restart" },
  { victim: "peer", does: "kill" },
  { victim: "router", does: "kill" },
];

describe("a sink's database, a router and a peer that keeps its sets, killed in the midst of tasks", () => {
  let network: Network;
  let sink: SinkDatabase;
  let keeper: ContentKeeper;
  const answered: string[] = [];
  const killed = { sink: 0, router: 0, peer: 0 };
  let cutOff = 0;

  beforeAll(async () => {
    [network, sink] = await Promise.all([
      startNetwork({
        args: ["--scripted", "at-once", "--miners", "1"],
        env: { ROUTER_SETTLE_AGE: "500ms", ROUTER_CHAIN_POLL: "200ms", CORTENSOR_RESTART_CAP: "500ms" },
      }),
      startSinkDatabase(),
    ]);
    keeper = await startContentKeeper(network);
  });
  afterAll(async () => {
    await keeper?.stop();
    await network?.stop();
    await sink?.stop();
  });

  it(
    `lose none of ${TASKS} tasks: each row arrives once and in order, and each set is back`,
    async () => {
      const set = ["session", "sink", "set", String(network.account), sink.url, "--as", "operator"];
      expect(resultOf(await runCommand(["--home", network.home, ...set]))).toMatchObject({ kind: "postgres" });
      for (let task = 0; task < TASKS; task += 1) await doTask(task);
      const rows = await until("rows of all that was answered", rowsOfAll, BACK_MS);
      expect(rows.map(({ sequence }) => Number(sequence))).toEqual(rows.map((_, at) => at + 1));
      expect(new Set(rows.map(({ task_id: id }) => id)).size).toBe(rows.length);
      // What a kill cut off may have been answered all the same, to nobody.
      expect(rows.length - answered.length).toBeLessThanOrEqual(cutOff);
      const ours = rows.filter(({ task_id: id }) => answered.includes(id));
      expect(ours.map(({ task_id: id }) => id)).toEqual(answered);
      for (const [at, { prompt, withheld }] of ours.entries()) {
        if (withheld === null) expect(prompt).toBe(`task ${at}`);
      }

      // Until then the chain goes on naming sets.
      await untilSettled(network, answered.length, BACK_MS);
      await until("keeper with all sets", async () => ((await keeper.keepUp()) ? true : undefined), BACK_MS);
      await keeper.kill();
      await keeper.restart();
      const { named, back } = await keeper.readBack();
      expect(named).toBeGreaterThan(0);
      expect({ back, kept: keeper.kept.size }).toEqual({ back: named, kept: named });
      expect(killed).toEqual({ sink: ROUNDS, router: 2 * ROUNDS, peer: ROUNDS });
      const withheld = ours.filter((row) => row.withheld !== null).length;
      const counts = { tasks: answered.length, rows: rows.length, withheld, cutOff, sets: named, killed };
      const out = process.env.CORTENSOR_CONTENT_OUT;
      if (out !== undefined) writeFileSync(out, JSON.stringify(counts));
    },
    240_000 + TASKS * 2_000,
  );

  /** One task, with whatever dies or comes back at it. */
  async function doTask(task: number): Promise<void> {
    const step = stepAt(task);
    const asking = answer(task);
    if (step !== undefined) await take(step);
    answered.push(await asking);
    // The peer keeps what is settled meanwhile; dead, or without a router, it does later.
    await keeper.keepUp();
    if (isLastOfRound(task)) await keeper.restart();
  }

  async function take({ victim, does }: Step): Promise<void> {
    if (does === "restart") return sink.restart();
    killed[victim] += 1;
    if (victim === "sink") return sink.kill();
    if (victim === "peer") return keeper.kill();
    const pid = network.routerPid();
    process.kill(pid, "SIGKILL");
    await until("end of the router", () => (isRunning(pid) ? undefined : true));
  }

  /** Asks until it is answered and its receipt acknowledged: the next task's row comes after this one's. */
  async function answer(task: number): Promise<string> {
    const taskId = await until("answer", () => unlessKilled(ask(task), () => (cutOff += 1)), BACK_MS);
    await until("receipt", () => unlessKilled(network.client.receipt(taskId, { waitMs: 2_000 })), BACK_MS);
    return taskId;
  }

  async function ask(task: number): Promise<string> {
    return (await network.client.complete(`task ${task}`, { maxTokens: 8 })).taskId;
  }

  /** All rows, once each answered task has one. */
  async function rowsOfAll() {
    const rows = await sink.rows();
    const there = new Set(rows.map(({ task_id: id }) => id));
    return answered.every((taskId) => there.has(taskId)) ? rows : undefined;
  }
});

/** Undefined, and said, where a kill cut it off; whatever else goes wrong is wrong. */
async function unlessKilled<Value>(
  work: Promise<Value>,
  onKilled: () => void = () => undefined,
): Promise<Value | undefined> {
  try {
    return await work;
  } catch (error) {
    if (!isOfKill(error)) throw error;
    onKilled();
    return undefined;
  }
}

function roundTasks(): number {
  return TASKS / ROUNDS;
}

/** What happens as a task of a round begins. */
function stepAt(task: number): Step | undefined {
  const inRound = task % roundTasks();
  return STEPS.find((_, sixth) => sixth > 0 && inRound === Math.floor((sixth * roundTasks()) / STEPS.length));
}

function isLastOfRound(task: number): boolean {
  return (task + 1) % roundTasks() === 0;
}
