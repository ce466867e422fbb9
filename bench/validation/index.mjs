import { wilsonInterval } from "@cortensor/proof";
import OpenAI from "openai";
import { report } from "../report.mjs";
import { startHonest } from "./honestText.mjs";
import { startLyingNetwork } from "./network.mjs";
import { questionOf, SETTINGS } from "./settings.mjs";

/**
 * What each way to have an answer looked at costs and brings: through the official client, five miners of five owners, of which one lies. The same
 * question is asked under every setting in turn. An answer is right if it is what the honest engine says.
 */
const QUESTIONS = Number(process.env.BENCH_QUESTIONS ?? 40);
const CHEATS = (process.env.BENCH_CHEATS ?? "cut-prompt,smaller-model").split(",");
const HONEST = 4;
const MAX_TOKENS = 32;
const RECEIPT_MS = 60_000;

const say = (line) => process.stderr.write(`${line}\n`);
const round = (value) => Number(value.toPrecision(4));
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** One question under one setting: right or wrong, what it cost, how long it took, and whether the liar is paid for a part. */
async function ask({ openai, network, honest }, { question, setting, seed }) {
  const { name: _name, temperature = 0, ...choice } = setting;
  const params = { temperature, seed };
  const expected = await honest.textOf(question, { ...params, maxTokens: MAX_TOKENS });
  const startMs = performance.now();
  let text;
  let taskId;
  try {
    const { data, response } = await openai.chat.completions
      .create({
        model: network.model,
        messages: [{ role: "user", content: question }],
        max_tokens: MAX_TOKENS,
        ...params,
        ...choice,
      })
      .withResponse();
    text = data.choices[0].message.content;
    taskId = response.headers.get("x-cortensor-task");
  } catch (error) {
    if (!(error instanceof OpenAI.APIError)) throw error;
    return { isRight: false, isRefused: true, ms: performance.now() - startMs, wei: 0n, isLiarPaid: false };
  }
  const ms = performance.now() - startMs;
  const { receipt, payees } = await network.client.receipt(taskId, { waitMs: RECEIPT_MS });
  const isLiarPaid = payees.some(({ miner }) => miner === network.liar);
  return { isRight: text === expected, isRefused: false, ms, wei: receipt.feeWei, isLiarPaid };
}

function figuresOf(cheat, seen) {
  const [none] = seen;
  const costOf = (answers) => Number(answers.reduce((sum, { wei }) => sum + wei, 0n)) / answers.length;
  return SETTINGS.map(({ name }, at) => {
    const answers = seen[at];
    const right = answers.filter(({ isRight }) => isRight).length;
    const { low, high } = wilsonInterval(right, answers.length);
    const count = (fits) => answers.filter(fits).length;
    return {
      metric: "accuracy",
      value: round(right / answers.length),
      unit: "share of answers that are the honest one",
      setting: name,
      cheat,
      low: round(low),
      high: round(high),
      answers: answers.length,
      refused: count(({ isRefused }) => isRefused),
      costWei: Math.round(costOf(answers)),
      costRelative: round(costOf(answers) / costOf(none)),
      medianMs: Math.round(median(answers.map(({ ms }) => ms))),
      liarPaidShare: round(count(({ isLiarPaid }) => isLiarPaid) / answers.length),
    };
  });
}

async function measure(cheat, honest) {
  say(`${HONEST} honest miners, and one: ${cheat}`);
  const network = await startLyingNetwork({ honest: HONEST, cheat });
  try {
    const openai = new OpenAI({ baseURL: `${network.url}/v1`, apiKey: network.apiKey, maxRetries: 0 });
    const seen = SETTINGS.map(() => []);
    for (let index = 0; index < QUESTIONS; index += 1) {
      const question = questionOf(index);
      for (const [at, setting] of SETTINGS.entries()) {
        seen[at].push(await ask({ openai, network, honest }, { question, setting, seed: index + 1 }));
      }
      if ((index + 1) % 10 === 0) say(`  ${index + 1} of ${QUESTIONS}`);
    }
    return figuresOf(cheat, seen);
  } finally {
    await network.stop();
  }
}

const honest = await startHonest();
const figures = [];
try {
  for (const cheat of CHEATS) figures.push(...(await measure(cheat, honest)));
} finally {
  await honest.close();
}
report("validation", figures);
