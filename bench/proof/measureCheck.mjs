import { performance } from "node:perf_hooks";
import { checkTokens } from "@cortensor/proof";
import { fingerprintRootOf, keccak256, tokenRootOf, utf8ToBytes } from "@cortensor/protocol";

const TOKENS = 256;
const PARAMS = { topK: 40, topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0, stop: [] };
const TEXT = "The old clock in the hall struck again, and nobody in the house had heard it for years. ";

const median = (values) => [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)];
const timed = async (work) => {
  const startMs = performance.now();
  const value = await work();
  return { value, ms: performance.now() - startMs };
};

/**
 * The check's cost over generation, by the length of the prompt: one prefill with the sampler's candidates, the margins, and the roots, against
 * generation with fingerprints. Both take turns, one thread; medians.
 */
export async function measureCheck(engine, { repeats, say }) {
  const text = (await engine.tokenizePrompt({ kind: "text", text: TEXT.repeat(40) })).slice(0, 512);
  const ids = Array.from({ length: engine.describe().vocabularyTokens }, (_, id) => id);
  const ends = (await engine.spell(ids)).flatMap(({ isEnd }, id) => (isEnd ? [id] : []));
  const params = {
    ...PARAMS,
    temperature: 1,
    maxTokens: TOKENS,
    logitBias: Object.fromEntries(ends.map((id) => [id, -100])),
  };
  const rows = [];
  for (const promptTokens of [64, TOKENS, 512]) {
    const seen = { generated: [], checked: [], ratio: [] };
    for (let repeat = 0; repeat <= repeats; repeat += 1) {
      const task = {
        promptTokens: text.slice(0, promptTokens),
        params,
        seed: keccak256(utf8ToBytes(`check ${repeat}`)),
      };
      const generated = await timed(() => generate(engine, task));
      const checked = await timed(() => check(engine, task, generated.value));
      // The first round warms up.
      if (repeat === 0) continue;
      seen.generated.push(generated.ms);
      seen.checked.push(checked.ms);
      seen.ratio.push(checked.ms / generated.ms);
    }
    say(`  prompt ${promptTokens}: ratios ${seen.ratio.map((ratio) => ratio.toFixed(2)).join(" ")}`);
    rows.push({
      metric: promptTokens === TOKENS ? "check_ratio" : "check_ratio_curve",
      value: median(seen.ratio),
      unit: "ratio",
      promptTokens,
      answerTokens: TOKENS,
      generatedMs: Math.round(median(seen.generated)),
      checkedMs: Math.round(median(seen.checked)),
      least: Math.min(...seen.ratio),
      most: Math.max(...seen.ratio),
      repeats,
    });
  }
  return rows;
}

async function generate(engine, task) {
  const answer = [];
  for await (const event of engine.generate({ ...task, fingerprints: true })) {
    if (event.kind === "token") answer.push({ id: event.id, top: event.top });
  }
  return answer;
}

async function check(engine, { promptTokens, params, seed }, answer) {
  const outputTokens = answer.map(({ id }) => id);
  const scores = await engine.score({ promptTokens, outputTokens, topK: 40, params });
  const roots = [tokenRootOf(outputTokens), fingerprintRootOf(answer)];
  const tokens = checkTokens({ outputTokens, from: 0, scores, fingerprintAt: (at) => answer[at], params, seed });
  return { roots, tokens };
}
