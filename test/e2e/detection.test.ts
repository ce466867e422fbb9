import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { wilsonInterval } from "@cortensor/proof";
import { keccak256, utf8ToBytes } from "@cortensor/protocol";
import { type CheckedTask, foundInWindows } from "@cortensor/sim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NO_END } from "./harness/longAnswer.js";
import { makeHome } from "./harness/makeHome.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type StartedAdversary, startAdversary } from "./harness/startAdversary.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { startProcess } from "./harness/startProcess.js";

/** `npm run deep -- detection` runs this, once for each cheat: `npm test` has the arithmetic (sim) and each cheat once (adversaries). */
const isDeep = process.env.CORTENSOR_DEEP === "detection";
const CHEAT = process.env.CORTENSOR_DETECTION_CHEAT ?? "posthoc-four-bits";
const TASKS = Number(process.env.CORTENSOR_DETECTION_TASKS ?? 640);
/** Where the rows go, beside the output. */
const OUT = process.env.CORTENSOR_DETECTION_OUT;
/** Tokens of an answer: short, so that one check finds the cheat sometimes and sometimes not. */
const TOKENS = 32;
/** Tasks that one check process looks at, soon after they were answered. */
const BATCH = 40;
const SECRETS = 200;
const RATES_PPM = [50_000, 200_000, 500_000];
const SIZES = [1, 2, 4, 8, 16, 32];
const FOUR_BITS = fileURLToPath(new URL("../../models/cortensor-5m-q4_0.gguf", import.meta.url));
const CALIBRATION = ["--against", FOUR_BITS, "--sequences", "40", "--cheat-sequences", "1", "--tokens", String(TOKENS)];
const WHO = ["a brave fox", "a tired sailor", "two sisters", "the last train", "an old clock", "a lost letter"];
const WHERE = ["by the sea", "in a dark wood", "under the city", "on a high hill", "in winter"];
const TIMEOUT_MS = 1_700_000;

type Line = { readonly taskId: CheckedTask["taskId"]; readonly miner?: string; readonly verdict: { kind: string } };

describe.runIf(isDeep)(`a network with a miner that cheats (${CHEAT})`, { timeout: TIMEOUT_MS }, () => {
  let network: Network;
  let home: string;
  let calibration: string;
  let liar: StartedAdversary;

  const ask = async (task: number): Promise<string> => {
    const content = `Tell me a story about ${WHO[task % WHO.length]} ${WHERE[task % WHERE.length]}. Number ${task}.`;
    const { taskId } = await network.client.chat(content, { maxTokens: TOKENS, temperature: 1, logitBias: NO_END });
    return taskId;
  };
  /** What a process of `cortensor check` finds of them, in their order. Work of others is left out. */
  const check = async (tasks: readonly string[]): Promise<readonly CheckedTask[]> => {
    const args = ["--home", network.home, "check", ...tasks, "--calibration", calibration];
    const lines = resultOf(await runCommand(args)).verdicts as readonly Line[];
    expect(lines.map(({ taskId }) => taskId)).toEqual(tasks);
    const ofLiar = lines.filter(({ miner }) => miner === liar.address);
    for (const { verdict } of ofLiar) expect(["passed", "suspect", "fault"]).toContain(verdict.kind);
    return ofLiar.map(({ taskId, verdict }) => ({ taskId, isFound: verdict.kind !== "passed" }));
  };

  beforeAll(async () => {
    home = makeHome("detection");
    calibration = join(home, "calibration.json");
    network = await startNetwork({ args: ["--miners", "1"] });
    const env = { CORTENSOR_PASSPHRASE: "of a test" };
    const made = startProcess(join(home, "calibrator"), ["calibrate", ...CALIBRATION, "--out", calibration], { env });
    expect(await made.exited, made.stderr()).toBe(0);
    liar = await startAdversary(network, home, { cheat: CHEAT });
  }, TIMEOUT_MS);
  afterAll(async () => {
    await liar?.stop();
    await network?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it("finds it within n tasks as often as 1 − (1 − aδ)ⁿ says, at three audit rates", async () => {
    const tasks: CheckedTask[] = [];
    for (let first = 0; first < TASKS; first += BATCH) {
      const asked: string[] = [];
      for (let task = first; task < Math.min(first + BATCH, TASKS); task += 1) asked.push(await ask(task));
      tasks.push(...(await check(asked)));
    }
    const found = tasks.filter(({ isFound }) => isFound).length;
    const secrets = Array.from({ length: SECRETS }, (_, index) => keccak256(utf8ToBytes(`validator ${index}`)));
    const of = { tasks, secrets, ratesPpm: RATES_PPM, sizes: SIZES.filter((size) => size <= tasks.length) };
    const rows = foundInWindows(of);
    const detection = {
      cheat: CHEAT,
      asked: TASKS,
      cheated: tasks.length,
      found,
      ...wilsonInterval(found, tasks.length),
    };
    if (OUT !== undefined) writeFileSync(OUT, JSON.stringify({ detection, rows }));
    // It has all work but what it had no room for, and its cheat shows now and then: else the rows say nothing.
    expect(tasks.length).toBeGreaterThan(TASKS * 0.9);
    expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThan(tasks.length);
    const strays = (confidence: number) => foundInWindows({ ...of, confidence }).filter(({ isWithin }) => !isWithin);
    expect(strays(0.999)).toEqual([]);
    // One in twenty intervals of 95 % may miss.
    expect(strays(0.95).length).toBeLessThanOrEqual(1);
  });
});
