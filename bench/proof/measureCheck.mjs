import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { checkTokens } from "@cortensor/proof";
import { fingerprintRootOf, keccak256, tokenRootOf, utf8ToBytes } from "@cortensor/protocol";

const ANSWER_TOKENS = 256;
const PROMPT_TOKENS = [64, 256, 512, 1_024];
const PARAMS = { topK: 40, topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0, stop: [] };
const TEXT = "The old clock in the hall struck again, and nobody in the house had heard it for years. ";
const END_IDS_MAX = 300;
/** Milliseconds of one tick in which the system counts a process's work. */
const TICK_MS = 10;

const median = (values) => [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)];
const sum = (values) => values.reduce((total, value) => total + value, 0);

/**
 * The check's cost over generation, by the length of the prompt: one prefill with the sampler's candidates, the margins, and the roots, against
 * generation with fingerprints. Both take turns, one thread; medians. Wall time is the figure; processor time, of this process and the engine's, says
 * how much of it was waiting.
 */
export async function measureCheck(engine, { name, repeats, say }) {
  const text = (await engine.tokenizePrompt({ kind: "text", text: TEXT.repeat(80) })).slice(
    0,
    Math.max(...PROMPT_TOKENS),
  );
  const ids = Array.from({ length: engine.describe().vocabularyTokens }, (_, id) => id);
  const ends = (await engine.spell(ids)).flatMap(({ isEnd }, id) => (isEnd ? [id] : [])).slice(0, END_IDS_MAX);
  const logitBias = Object.fromEntries(ends.map((id) => [id, -100]));
  const params = { ...PARAMS, temperature: 1, maxTokens: ANSWER_TOKENS, logitBias };
  const rows = [];
  for (const promptTokens of PROMPT_TOKENS) {
    const seen = { generated: [], checked: [], prefilled: [], ratio: [] };
    for (let repeat = 0; repeat <= repeats; repeat += 1) {
      const seed = keccak256(utf8ToBytes(`check ${repeat}`));
      const task = { promptTokens: text.slice(0, promptTokens), params, seed };
      const generated = await timed(engine, () => generate(engine, task));
      const checked = await timed(engine, () => check(engine, task, generated.value));
      const outputTokens = generated.value.slice(0, 1).map(({ id }) => id);
      const prefilled = await timed(engine, () => engine.score({ ...task, outputTokens, topK: 1 }));
      // The first round warms up.
      if (repeat === 0) continue;
      seen.generated.push(generated);
      seen.checked.push(checked);
      seen.prefilled.push(prefilled);
      seen.ratio.push(checked.ms / generated.ms);
    }
    say(`  ${name}, prompt ${promptTokens}: ratios ${seen.ratio.map((ratio) => ratio.toFixed(2)).join(" ")}`);
    const ms = (what) => median(seen[what].map((one) => one.ms));
    const cpuMs = (what) => sum(seen[what].map((one) => one.cpuMs));
    const [prefill, decode] = [ms("prefilled") / promptTokens, (ms("generated") - ms("prefilled")) / ANSWER_TOKENS];
    rows.push({
      metric: promptTokens === ANSWER_TOKENS ? name : `${name}_curve`,
      value: median(seen.ratio),
      unit: "ratio",
      promptTokens,
      answerTokens: ANSWER_TOKENS,
      least: Math.min(...seen.ratio),
      most: Math.max(...seen.ratio),
      cpuRatio: cpuMs("checked") / cpuMs("generated"),
      generatedMs: ms("generated"),
      checkedMs: ms("checked"),
      prefillMsPerToken: prefill,
      decodeOverPrefill: decode / prefill,
      repeats,
    });
  }
  return rows;
}

async function timed(engine, work) {
  const cpuFrom = cpuMsOf(engine);
  const startMs = performance.now();
  const value = await work();
  return { value, ms: performance.now() - startMs, cpuMs: cpuMsOf(engine) - cpuFrom };
}

/** What this process and the engine's have worked so far, in all their threads. */
function cpuMsOf({ pid }) {
  const { user, system } = process.cpuUsage();
  // Behind the name in parentheses; the 14th and 15th fields of the whole line are the user's and the system's ticks.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ");
  return (user + system) / 1_000 + (Number(fields[11]) + Number(fields[12])) * TICK_MS;
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
