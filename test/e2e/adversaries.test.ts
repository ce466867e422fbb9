import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Answer, AskMessages } from "@cortensor/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WHERE_CHEATS_SHOW } from "../../packages/proof/test/whereCheatsShow.js";
import { NO_END } from "./harness/longAnswer.js";
import { makeHome } from "./harness/makeHome.js";
import { resultOf, runCommand } from "./harness/runCommand.js";
import { type StartedAdversary, startAdversary } from "./harness/startAdversary.js";
import { type Network, startNetwork } from "./harness/startNetwork.js";
import { startProcess } from "./harness/startProcess.js";
import { until } from "./harness/until.js";

/** Tokens of an answer: above the longest window of the calibration. */
const TOKENS = 96;
const FOUR_BITS = fileURLToPath(new URL("../../models/cortensor-5m-q4_0.gguf", import.meta.url));
const CALIBRATION = ["--against", FOUR_BITS, "--sequences", "8", "--cheat-sequences", "1", "--tokens", "64"];
const STORY = "Tell me a story about a brave fox.";
/** Each cheat's process, its tasks, two checks of them all, and a calibration. */
const TIMEOUT_MS = 1_200_000;

type CheatName = keyof typeof WHERE_CHEATS_SHOW;
/** One of each kind by default; what each shows is also tested inside one process (packages/proof). `CORTENSOR_DEEP=proof` runs all. */
const CHEATS: readonly CheatName[] =
  process.env.CORTENSOR_DEEP === "proof"
    ? (Object.keys(WHERE_CHEATS_SHOW) as CheatName[])
    : ["posthoc-scorer", "padded-count", "copied-answer"];

type Verdict = { readonly kind: string; readonly fault?: string };
type Line = { readonly taskId: string; readonly miner: string; readonly verdict: Verdict };

describe("a network with miners that cheat", { timeout: TIMEOUT_MS }, () => {
  let network: Network;
  let home: string;
  let calibration: string;
  const honest: string[] = [];
  const cheated = new Map<CheatName, string>();
  const liars = new Set<string>();
  const running: StartedAdversary[] = [];

  const answerTo = (messages: AskMessages): Promise<Answer> =>
    network.client.chat(messages, { maxTokens: TOKENS, temperature: 1, logitBias: NO_END });
  const ask = async (content = STORY): Promise<string> => (await answerTo(content)).taskId;
  const payeeOf = async (taskId: string) => {
    const { payees } = await network.client.receipt(taskId, { waitMs: 20_000 });
    return payees.map(({ miner }) => miner);
  };
  /** Asks until the liar has answered: while its node is verified anew, others do. */
  const attack = async (cheat: CheatName, liar: StartedAdversary, content?: string): Promise<void> => {
    const answered = async (): Promise<string | undefined> => {
      const taskId = await ask(content);
      return (await payeeOf(taskId)).join() === liar.address ? taskId : undefined;
    };
    cheated.set(cheat, await until(`answer by ${cheat}`, answered));
    liars.add(liar.address);
  };
  const check = async (tasks: readonly string[], args: readonly string[] = []) => {
    const outcome = await runCommand([
      "--home",
      network.home,
      "check",
      ...tasks,
      "--calibration",
      calibration,
      ...args,
    ]);
    return { code: outcome.code, result: resultOf(outcome) };
  };
  const linesOf = ({ verdicts }: { readonly verdicts?: unknown }): readonly Line[] => verdicts as readonly Line[];

  beforeAll(async () => {
    home = makeHome("adversary");
    calibration = join(home, "calibration.json");
    network = await startNetwork({ args: ["--miners", "1"] });
    const env = { CORTENSOR_PASSPHRASE: "of a test" };
    const made = startProcess(join(home, "calibrator"), ["calibrate", ...CALIBRATION, "--out", calibration], { env });
    expect(await made.exited, made.stderr()).toBe(0);
    for (let task = 0; task < 2; task += 1) honest.push(await ask(`${STORY} Part ${task}.`));
    const question = { role: "user", content: STORY } as const;
    const first = await answerTo([question]);
    const next = await answerTo([
      question,
      { role: "assistant", content: first.text },
      { role: "user", content: "And then?" },
    ]);
    honest.push(first.taskId, next.taskId);
    const shared = join(home, "answers");
    for (const cheat of CHEATS) {
      const liar = await startAdversary(network, home, { cheat, shared });
      try {
        await attack(cheat, liar);
        if (cheat === "cached-answer") await attack(cheat, liar);
      } finally {
        await liar.stop();
      }
    }
    // The copier is another miner, which finds the first one's answer; both stay, to show their bodies.
    const copier = await startAdversary(network, home, { cheat: "copied-answer", as: "accomplice", shared });
    running.push(copier);
    await attack("copied-answer", copier);
    running.push(await startAdversary(network, home, { cheat: "own-seed" }));
  }, TIMEOUT_MS);
  afterAll(async () => {
    await Promise.all(running.map((liar) => liar.stop()));
    await network?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it("finds each lie where it shows, by one prefill and by replay", async () => {
    const byPrefill = await check([...cheated.values()]);
    const byReplay = await check([...cheated.values()], ["--replay"]);
    expect([byPrefill.code, byReplay.code]).toEqual([1, 1]);
    const found = Object.fromEntries(
      [...cheated].map(([cheat, taskId]) => {
        const find = ({ result }: typeof byPrefill) => linesOf(result).find((line) => line.taskId === taskId);
        const [first, second] = [find(byPrefill), find(byReplay)];
        const isExact = second?.verdict.kind === "fault";
        const shown = first?.verdict.kind === "fault" ? first.verdict.fault : first?.verdict.kind;
        return [cheat, { shown: WHERE_CHEATS_SHOW[cheat] === "replay" ? "replay" : shown, isExact }];
      }),
    );
    expect(found).toEqual(
      Object.fromEntries(CHEATS.map((cheat) => [cheat, { shown: WHERE_CHEATS_SHOW[cheat], isExact: true }])),
    );
    for (const { miner } of linesOf(byPrefill.result)) expect(liars).toContain(miner);
  });

  it("passes honest answers, to the last bit", async () => {
    const { code, result } = await check(honest, ["--replay"]);
    expect(linesOf(result).map(({ verdict }) => verdict)).toEqual(honest.map(() => ({ kind: "passed" })));
    expect(code).toBe(0);
    for (const { miner } of linesOf(result)) expect(liars).not.toContain(miner);
  });

  it("goes on from what was prefilled for the turn before, and says so in the recipe", async () => {
    const { bodies } = await network.client.evidence(honest.at(-1) ?? "");
    expect(bodies[0]?.recipe.map(({ kind }) => kind)).toEqual(["prefill", "prefill", "decode"]);
  });

  it("adds a miner's tasks up to an alarm", async () => {
    const { result } = await check([...cheated.values()]);
    const sums = result.miners as readonly { readonly miner: string; readonly isAlarmed: boolean }[];
    expect(sums.filter(({ isAlarmed }) => isAlarmed).map(({ miner }) => miner)).toContain(running[1]?.address);
  });

  it("lists the latest tasks for its auditor, and shows evidence to whoever asked alone", async () => {
    const last = await check([], ["--last", "1"]);
    expect(linesOf(last.result).map(({ taskId }) => taskId)).toEqual([cheated.get("copied-answer")]);
    const { key } = await network.client.createKey({ account: network.account, name: "neighbour" });
    const outside = (apiKey: string) =>
      runCommand(["--home", home, "check", honest[0] ?? "", "--router", network.url, "--calibration", calibration], {
        env: { CORTENSOR_API_KEY: apiKey },
      });
    const refused = await outside(key);
    expect(refused.code).toBe(1);
    expect(refused.lines.at(-1)).toMatchObject({ event: "error", code: "SDK_REFUSED", reason: "evidence_refused" });
    expect(linesOf(resultOf(await outside(network.apiKey)))).toMatchObject([{ taskId: honest[0] }]);
  });

  it("keeps prompts out of every log", async () => {
    for (const name of ["router.log", "miner-1.log"]) {
      const log = await until(name, () => readLog(join(network.home, "logs", name)));
      expect(log).not.toContain(STORY);
    }
  });
});

function readLog(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
