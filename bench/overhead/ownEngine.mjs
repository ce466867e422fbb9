import { embeddedModels, meteredEngine, startLlamaEngine } from "@cortensor/engine";
import { createRandom } from "@cortensor/proof";
import { keccak256, utf8ToBytes } from "@cortensor/protocol";
import { drawQuestion } from "./steadyLoad.mjs";

const PARAMS = {
  topK: 40,
  topP: 1,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  stop: [],
  temperature: 1,
  logitBias: {},
};
/** The sampler's candidates that a check looks at. */
const CHECK_TOP = 40;

/**
 * An engine of the bench's own that answers and checks questions like the load's beside the running network, under the same conditions: what one check costs, in the unit in
 * which the network's engines count.
 */
export async function openOwnEngine({ seed }) {
  const { chat } = await embeddedModels();
  const { path: modelPath, model, contextTokens } = chat;
  const bare = await startLlamaEngine({ modelPath, model, contextTokens, threads: 1, slots: 1 });
  let used = 0;
  const engine = meteredEngine(bare, ({ cpuSeconds }) => {
    used += cpuSeconds;
  });
  const random = createRandom(seed);
  const cost = async (work) => {
    const before = used;
    const value = await work();
    return { value, seconds: used - before };
  };
  const costs = [];
  return {
    costs,
    tokensPerSecond: bare.describe().tokensPerSecond,
    /** One answer and its check. */
    measure: async () => {
      const { text, maxTokens } = drawQuestion(random);
      const promptTokens = await engine.tokenizePrompt({ kind: "text", text });
      const params = { ...PARAMS, maxTokens };
      const task = { promptTokens, params, seed: keccak256(utf8ToBytes(`own ${costs.length}`)) };
      const generated = await cost(() => idsOf(engine.generate({ ...task, fingerprints: true })));
      const outputTokens = generated.value;
      const checked = await cost(() => engine.score({ ...task, outputTokens, topK: CHECK_TOP }));
      const [first = 0] = outputTokens;
      const prefilled = await cost(() => engine.score({ ...task, outputTokens: [first], topK: 1 }));
      const sizes = { nIn: promptTokens.length, nOut: outputTokens.length };
      costs.push({ ...sizes, generation: generated.seconds, check: checked.seconds, prefill: prefilled.seconds });
    },
    close: () => bare.close(),
  };
}

/** How many times cheaper a prompt's token is than an answer's. */
export function prefillSpeedupOf(costs) {
  const sum = (read) => costs.reduce((total, one) => total + read(one), 0);
  const prefill = sum(({ prefill: seconds }) => seconds) / sum(({ nIn }) => nIn);
  const decode = sum(({ generation, prefill: seconds }) => generation - seconds) / sum(({ nOut }) => nOut);
  return decode / prefill;
}

async function idsOf(events) {
  const ids = [];
  for await (const event of events) if (event.kind === "token") ids.push(event.id);
  return ids;
}
