import { cheatingEngine, type Engine } from "@cortensor/engine";
import type { Address, Prompt } from "@cortensor/protocol";
import { afterEach, expect, it } from "vitest";
import { SealedClient } from "../../node/test/sealedClient.js";
import { startScriptedMiner, startTestRouter, type TestRouter, tearDown, until } from "../../node/test/testNetwork.js";
import { CanaryDesk } from "../../sdk/src/sealed/canaryDesk.js";

afterEach(tearDown);

const HONEST = ["anna", "bert"];
/** Tasks that give shapes, and canaries until each of two questions has three answers, whoever is asked first. */
const ROUNDS_MAX = 40;
/** Real tasks of this size give canaries theirs. */
const REAL: { readonly model: string; readonly prompt: Prompt; readonly maxTokens: number } = {
  ...{ model: "scripted", maxTokens: 64 },
  prompt: { kind: "text", text: "What do you know of the old bridge?" },
};

/** A scripted engine that takes half of a prompt too, as one with a model does: its own tokens of a text begin with a mark. */
function takingHalves(engine: Engine): Engine {
  return {
    ...engine,
    async *generate(job) {
      const [mark = 0] = await engine.tokenizePrompt({ kind: "text", text: "" });
      const promptTokens = job.promptTokens[0] === mark ? job.promptTokens : [mark, ...job.promptTokens];
      yield* engine.generate({ ...job, promptTokens });
    },
  };
}

async function answerOf(
  router: TestRouter,
  {
    prompt,
    maxTokens,
    avoid,
  }: { readonly prompt: Prompt; readonly maxTokens: number; readonly avoid: readonly Address[] },
) {
  if (prompt.kind !== "text") throw new Error("a canary of another kind than the tasks");
  const client = new SealedClient(router, prompt.text, { maxTokens });
  const done = await client.answer(await client.assigned({ ...client.ask, avoid: [...avoid], audit: "canary" }));
  if (done?.kind !== "done") throw new Error(JSON.stringify(done));
  const { miner, kernelClass } = done.result;
  return { taskId: done.taskId, miner, kernelClass, ids: client.ids };
}

/** A client whose every task is followed by a canary, and what its canaries failed by. */
function openDesk(router: TestRouter) {
  const failures: unknown[] = [];
  const books: string[] = [];
  let ms = 0;
  const desk: CanaryDesk = new CanaryDesk({
    options: {
      rate: 1,
      texts: ["Who built the town by the river, and when was that?", "Why does iron rust?"],
      store: { load: async () => undefined, save: async (text) => void books.push(text) },
    },
    nowMs: () => {
      ms += 10;
      return ms;
    },
    randomBytes: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    // Each miner of the test network has an owner of its own.
    ownerOf: async (miner) => miner,
    ask: async (prompt, { maxTokens, avoid }) => {
      try {
        return await answerOf(router, { prompt, maxTokens, avoid: [...avoid, ...(await desk.avoided())] });
      } catch (error) {
        failures.push(error);
        throw error;
      }
    },
  });
  const prompts = (): readonly unknown[] => {
    const { questions } = JSON.parse(books.at(-1) ?? "");
    return questions.map(({ prompt }: { readonly prompt: unknown }) => prompt);
  };
  return { desk, failures, prompts };
}

it("canaries through a real router name the miner of three that cuts prompts, accuse no other, and keep work from it", async () => {
  const router = await startTestRouter();
  for (const name of HONEST) await startScriptedMiner(router, { name, prekeys: new Map() });
  const liar = await startScriptedMiner(router, {
    ...{ name: "liar", prekeys: new Map() },
    behind: (engine) => cheatingEngine("cut-prompt", { honest: takingHalves(engine), other: engine }),
  });
  await until(async () => {
    const probe = new SealedClient(router, "hello");
    const outcome = await probe.assign();
    if (outcome.kind === "refused") return false;
    router.gateway.sealed.drop(await probe.caller(), outcome.assigned.assignment.taskId);
    return outcome.assigned.standbys.length === HONEST.length;
  });
  const { desk, failures, prompts } = openDesk(router);
  const caught = async () => (await desk.miners()).find(({ isAvoided }) => isAvoided);
  for (let round = 0; round < ROUNDS_MAX && (await caught()) === undefined; round += 1) {
    await desk.taskAsked(REAL);
    await desk.settle();
  }
  expect(failures).toEqual([]);
  const found = await caught();
  expect(found).toMatchObject({ miner: liar.address, right: 0, wrong: 2 });
  expect(found?.faults).toHaveLength(2);
  for (const { against } of found?.faults ?? []) expect(new Set(against).size).toBe(2);
  expect(new Set(prompts()).size).toBe(prompts().length);
  const others = (await desk.miners()).filter(({ miner }) => miner !== liar.address);
  expect(others.map(({ wrong, isAvoided }) => [wrong, isAvoided])).toEqual(HONEST.map(() => [0, false]));
  const avoid = await desk.avoided();
  for (let ask = 0; ask < 4; ask += 1) {
    const { miner } = await answerOf(router, { prompt: REAL.prompt, maxTokens: 16, avoid });
    expect(miner).not.toBe(liar.address);
  }
});
