import { CHECKPOINT_TOKENS } from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { answerText, honest, N_IN, type RawTask, startRawMiner } from "./rawMiner.js";
import {
  aRequest,
  ask,
  PRICES,
  receiptOf,
  startScriptedMiner,
  startTestRouter,
  tearDown,
  until,
} from "./testNetwork.js";

afterEach(tearDown);

const TOKENS = 70;
const cheap = { weiPerTokenOut: 99n };

describe("a miner that dies in mid-answer", () => {
  it("is followed by another at every position: the text is whole, and each is paid to its last acknowledged block", async () => {
    const router = await startTestRouter();
    await startRawMiner(router, { name: "good", onTask: honest(TOKENS) });
    for (let position = 0; position <= TOKENS; position += 1) {
      const dying = await startRawMiner(router, {
        name: `dying at ${position}`,
        offer: cheap,
        onTask: (task) => {
          task.accept().tokensTo(position);
          dying.link.close("done");
        },
      });
      const answer = await ask(router, aRequest(router, `die at ${position}`));
      expect(answer.text).toBe(answerText(TOKENS));
      expect(answer.ids).toEqual(Array.from({ length: TOKENS }, (_, index) => index));
      const acknowledged = position - (position % CHECKPOINT_TOKENS);
      const firstWei = acknowledged === 0 ? 0n : BigInt(N_IN) * 10n + BigInt(acknowledged) * 99n;
      const inWei = acknowledged === 0 ? BigInt(N_IN) * 10n : 0n;
      const feeWei = firstWei + inWei + BigInt(TOKENS - position) * PRICES.weiPerTokenOut;
      expect(answer.done).toMatchObject({ finish: "stop", segments: 2, nIn: N_IN, feeWei });
      expect(answer.done?.nOut).toBe(acknowledged + TOKENS - position);
      await until(() => !router.gateway.network().miners.some(({ address }) => address === dying.address));
    }
  });

  it("is paid nothing when it made nothing", async () => {
    const router = await startTestRouter();
    const dying = await startRawMiner(router, {
      name: "dying",
      offer: cheap,
      onTask: () => dying.link.close("done"),
    });
    const good = await startRawMiner(router, { name: "good", onTask: honest(5) });
    const answer = await ask(router, aRequest(router, "a question"));
    const { payees } = await receiptOf(router, answer.taskId);
    expect(payees.map(({ miner }) => miner)).toEqual([good.address]);
  });

  it("may come back on a new link and end its own answer", async () => {
    const router = await startTestRouter();
    const first = await startRawMiner(router, {
      name: "phoenix",
      onTask: (task) => {
        task.accept().tokensTo(40);
        first.link.close("done");
      },
    });
    const answering = ask(router, aRequest(router, "a question"));
    await until(() => router.gateway.network().miners.length === 0);
    await startRawMiner(router, { name: "phoenix", onTask: honest(TOKENS) });
    const answer = await answering;
    expect(answer.text).toBe(answerText(TOKENS));
    expect(answer.done?.segments).toBe(2);
  });

  it("leaves an error, never a short answer, when nobody can go on", async () => {
    const router = await startTestRouter({ config: { handoversMax: 2 } });
    for (const name of ["one", "two", "three", "four"]) {
      const miner = await startRawMiner(router, {
        name,
        onTask: (task) => {
          task.accept().tokensTo(Math.max(40, task.start.committed.length));
          miner.link.close("done");
        },
      });
    }
    const answer = await ask(router, aRequest(router, "a question"));
    expect(answer.done).toBeUndefined();
    expect(answer.failed).toMatchObject({ code: "miner_failed" });
    expect(answer.text).toBe(answerText(40));
    const { receipt, payees } = await receiptOf(router, answer.taskId);
    expect(receipt.finish).toBe("error");
    expect(payees.map(({ from, to }) => [from, to])).toEqual([[0, 32]]);
  });
});

describe("a miner that goes silent", () => {
  const silent = (name: string, work: (task: RawTask) => void) => ({ name, onTask: work, offer: cheap });

  it.each([
    ["before it accepts", () => undefined],
    ["before its first token", (task: RawTask): void => void task.accept()],
    ["between two tokens", (task: RawTask): void => void task.accept().tokensTo(33)],
  ] as const)("loses its task %s", async (_, work) => {
    const config = { acceptTimeoutMs: 150, firstTokenTimeoutMs: 150, silenceTimeoutMs: 150 };
    const router = await startTestRouter({ config });
    const miner = await startRawMiner(router, silent("silent", work));
    await startRawMiner(router, { name: "good", onTask: honest(TOKENS) });
    const answer = await ask(router, aRequest(router, "a question"));
    expect(answer.text).toBe(answerText(TOKENS));
    await until(() => miner.tasks[0]?.received.some(({ kind }) => kind === "abort") ?? false);
  });

  it("ends the task with a time-out when its whole time is over", async () => {
    const router = await startTestRouter({ config: { taskTimeoutMs: 150 } });
    await startRawMiner(
      router,
      silent("silent", (task) => void task.accept().tokensTo(33)),
    );
    const answer = await ask(router, aRequest(router, "a question"));
    expect(answer.failed?.code).toBe("timeout");
    const { payees } = await receiptOf(router, answer.taskId);
    expect(payees.map(({ from, to }) => [from, to])).toEqual([[0, 32]]);
  });
});

describe("real miners", () => {
  it.each([
    ["its length", "word ".repeat(200), 64],
    ["its end", "a short answer", 200],
  ] as const)("end an answer that reached %s when only the result was lost", async (_, reply, maxTokens) => {
    const router = await startTestRouter();
    const real = await startScriptedMiner(router, { name: "real", script: { reply: () => reply } });
    const whole = await ask(router, aRequest(router, "tell me", { maxTokens }));
    const texts = whole.events.filter((event) => event.kind === "text");
    const dying = await startRawMiner(router, {
      name: "dying",
      offer: cheap,
      onTask: (task) => {
        task.accept(whole.done?.nIn);
        let from = 0;
        for (const { ids, text } of texts) {
          task.send({ kind: "tokens", from, ids, text });
          from += ids.length;
        }
        dying.link.close("done");
      },
    });
    // Another prompt of the same length: the real miner isn't the one that knows it.
    const answer = await ask(router, aRequest(router, "tell us", { maxTokens }));
    expect(answer.text).toBe(whole.text);
    expect(answer.done).toMatchObject({ finish: whole.done?.finish, segments: 2 });
    expect((await receiptOf(router, answer.taskId)).payees.map(({ miner }) => miner)).toEqual([real.address]);
  });

  it("give the undisturbed text after a hand-over at temperature 1", async () => {
    const router = await startTestRouter();
    const script = { reply: () => "word ".repeat(120), tokensPerSecond: 300 };
    const first = await startScriptedMiner(router, { name: "first", script });
    const second = await startScriptedMiner(router, { name: "second", script });
    const params = { temperature: 1, userSeed: 42n, maxTokens: 200 };
    const undisturbed = await ask(router, aRequest(router, "tell me", params));
    let stopping: Promise<void> | undefined;
    const disturbed = await ask(router, aRequest(router, "tell me", params), {
      onEvent: (event) => {
        if (event.kind !== "text" || stopping !== undefined || event.ids.length === 0) return;
        const started = router.events.findLast((one) => one.kind === "taskStarted");
        const miner = started?.kind === "taskStarted" && started.miner === first.address ? first : second;
        stopping = miner.stop();
      },
    });
    await stopping;
    expect(disturbed.done?.segments).toBe(2);
    expect(disturbed.text).toBe(undisturbed.text);
    expect(disturbed.ids).toEqual(undisturbed.ids);
  });
});
