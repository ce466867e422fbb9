import { embeddedModels, meteredEngine, startLlamaEngine } from "@cortensor/engine";
import { checkReplica, createRandom } from "@cortensor/proof";
import { keccak256, utf8ToBytes } from "@cortensor/protocol";
import { answer } from "../proof/tryHonest.mjs";
import { drawQuestion } from "./steadyLoad.mjs";

const PARAMS = { topK: 40, topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0, stop: [] };
/** A guard checks its few tasks of an epoch in a row, and rests. */
const CHECKS_IN_A_ROW = 3;

/**
 * Two engines of the bench's own beside the running network: one answers questions like the load's as often as the network's miner does, the other checks as many of them, in such
 * a rhythm, as one guard does. So it is known what an answer and its check cost under the same conditions, in the unit in which the network's engines count, and nothing of it
 * comes from the network.
 */
export async function startOwnEngines({ seed, tasksPerSecond, guards }) {
  const [maker, checker] = [await openMetered(), await openMetered()];
  const random = createRandom(seed);
  const costs = [];
  let waiting = [];
  let isStopping = false;
  const measure = async (count) => {
    const { text, maxTokens } = drawQuestion(random);
    const promptTokens = await maker.engine.tokenizePrompt({ kind: "text", text });
    const task = { promptTokens, params: { ...PARAMS, temperature: 1, logitBias: {}, maxTokens }, seed: wordOf(count) };
    const made = await maker.cost(() => answer(maker.engine, task));
    if (count % guards !== 0) return;
    const outputTokens = made.value.outputTokens.slice(0, 1);
    const prefilled = await maker.cost(() => maker.engine.score({ ...task, outputTokens, topK: 1 }));
    waiting.push({ claim: made.value, generation: made.seconds, prefill: prefilled.seconds });
    if (waiting.length < CHECKS_IN_A_ROW) return;
    for (const { claim, ...spent } of waiting) {
      const { seconds: check } = await checker.cost(() => checkReplica(checker.engine, claim));
      costs.push({ nIn: claim.promptTokens.length, nOut: claim.outputTokens.length, ...spent, check });
    }
    waiting = [];
  };
  const loop = (async () => {
    for (let count = 0; !isStopping; count += 1) {
      await pause((-Math.log(1 - random()) / tasksPerSecond) * 1_000);
      await measure(count);
    }
  })();
  loop.catch(() => undefined);
  return {
    costs,
    tokensPerSecond: maker.engine.describe().tokensPerSecond,
    stop: async () => {
      isStopping = true;
      try {
        await loop;
      } finally {
        await Promise.all([maker.close(), checker.close()]);
      }
    },
  };
}

/** How many times cheaper a prompt's token is than an answer's. */
export function prefillSpeedupOf(costs) {
  const sum = (read) => costs.reduce((total, one) => total + read(one), 0);
  const prefill = sum(({ prefill: seconds }) => seconds) / sum(({ nIn }) => nIn);
  const decode = sum(({ generation, prefill: seconds }) => generation - seconds) / sum(({ nOut }) => nOut);
  return decode / prefill;
}

async function openMetered() {
  const { chat } = await embeddedModels();
  const { path: modelPath, model, contextTokens } = chat;
  const bare = await startLlamaEngine({ modelPath, model, contextTokens, threads: 1, slots: 1 });
  let used = 0;
  const engine = meteredEngine(bare, ({ cpuSeconds }) => {
    used += cpuSeconds;
  });
  const cost = async (work) => {
    const before = used;
    const value = await work();
    return { value, seconds: used - before };
  };
  return { engine, cost, close: () => bare.close() };
}

function wordOf(count) {
  return keccak256(utf8ToBytes(`own ${count}`));
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
