import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { embeddedEngineOptions, embeddedModels, makeSmallerModel, startLlamaEngine } from "@cortensor/engine";
import { report } from "../report.mjs";
import { drawAnswer, drawCopies, secondHalf } from "./draw.mjs";
import { returnedAnswers } from "./groups.mjs";
import { CELLS, paraphrase } from "./liars.mjs";
import { pairFigures } from "./pairs.mjs";
import { factualQuestions, openQuestions, otherQuestions } from "./questions.mjs";

/**
 * Copies of one answer with liars among them, by the embedded models: which one is returned, and how well the embedding check tells honest pairs from
 * others. Answers are as the API makes them where nothing else is said: temperature 1, the 40 likeliest tokens.
 */
const QUESTIONS = Number(process.env.BENCH_QUESTIONS ?? 900);
const OPEN = Number(process.env.BENCH_OPEN_QUESTIONS ?? 324);
const SEED = Number(process.env.BENCH_SEED ?? 1);
const MAX_TOKENS = 48;
const COPIES = Math.max(...CELLS.map(({ copies }) => copies));
const DEFAULT_TEMPERATURE = 1;
const TEMPERATURES = [0, 0.7, DEFAULT_TEMPERATURE];
/** What is asked of the answer that is returned, as copies are made by default. */
const RIGHT_LEAST = 0.99;
/** Groups in which a figure is worth a bound. */
const GROUPS_LEAST = 300;
const FALSE_ALARMS_MAX = [0.01, 0.05];

const say = (line) => process.stderr.write(`${line}\n`);
const round = (value) => Number(value.toPrecision(4));
const rounded = ({ hits, of, low, high }) => ({ hits, of, low: round(low), high: round(high) });

const models = await embeddedModels();
const contextTokens = 1_024;
const start = (options) => startLlamaEngine({ ...options, contextTokens });
const fileOf = (use, quantisation) => models.files.find((one) => one.use === use && one.quantisation === quantisation);
const folder = mkdtempSync(join(tmpdir(), "cortensor-bench-copies-"));
say("starting the embedded models, and what a cheat may serve instead");
const engine = await start(embeddedEngineOptions(models));
const { model } = models.chat;
const fourBits = await start({ modelPath: fileOf("chat", "Q4_0").path, model });
const smaller = await start({ modelPath: await makeSmallerModel(models.chat.path, folder), model });

const questions = factualQuestions(QUESTIONS);
const vectors = new Map();
const vectorOf = (text) => vectors.get(text);

/** Vectors of texts that have none yet. An empty one has no place: nobody compares it. */
async function embed(texts) {
  const fresh = [...new Set(texts)].filter((text) => text !== "" && !vectors.has(text));
  for (let from = 0; from < fresh.length; from += 64) {
    const some = fresh.slice(from, from + 64);
    const made = await engine.embed(some);
    for (const [at, text] of some.entries()) vectors.set(text, made.vectors[at]);
  }
}

async function answerAll(all, temperature, name) {
  const answered = [];
  for (const [index, question] of all.entries()) {
    // At temperature 0 the seed chooses nothing: every copy is the first one.
    const copies = temperature === 0 ? 1 : COPIES;
    const drawn = {
      question,
      copies,
      temperature,
      maxTokens: MAX_TOKENS,
      name: `${name} ${SEED} ${temperature} ${index}`,
    };
    const texts = await drawCopies(engine, drawn);
    answered.push({ question, copies: temperature === 0 ? Array(COPIES).fill(texts[0]) : texts });
    if (index % 100 === 99) say(`  ${name}, temperature ${temperature}: ${index + 1} of ${all.length}`);
  }
  await embed(answered.flatMap(({ copies }) => [...copies, paraphrase(copies[0])]));
  return answered;
}

const figures = [];
const addReturned = (text, temperature, rows) => {
  for (const { copies, liars, kind, questions: of, agreeing, right, honest, honestOfAll } of rows) {
    const facts = { text, temperature, copies, liars, liar: kind, questions: of, agreeing };
    // Liars who agree on an answer to one other question are measured, and promised nothing of.
    const isAsked = text === "factual" && temperature === DEFAULT_TEMPERATURE && kind !== "offTopicTogether";
    const isBound = isAsked && agreeing >= GROUPS_LEAST;
    const bound = isBound ? { atLeast: RIGHT_LEAST } : {};
    figures.push({ metric: "right", value: round(right.value), unit: "share", ...bound, ...rounded(right), ...facts });
    figures.push({ metric: "honest", value: round(honest.value), unit: "share", ...rounded(honest), ...facts });
    const all = { ...facts, of: honestOfAll.of };
    figures.push({
      metric: "honest_of_all",
      value: round(honestOfAll.value),
      unit: "share",
      ...rounded(honestOfAll),
      ...all,
    });
  }
};

let byDefault = [];
for (const temperature of TEMPERATURES) {
  const answered = await answerAll(questions, temperature, "factual");
  addReturned("factual", temperature, returnedAnswers(answered, vectorOf));
  if (temperature === DEFAULT_TEMPERATURE) byDefault = answered;
}
const open = await answerAll(openQuestions(OPEN), DEFAULT_TEMPERATURE, "open");
addReturned("open", DEFAULT_TEMPERATURE, returnedAnswers(open, vectorOf));

for (const [text, answered] of [
  ["factual", byDefault],
  ["open", open],
]) {
  const all = answered.map(({ question }) => question);
  const rows = [];
  for (const [index, { question, copies }] of answered.entries()) {
    const { prompt } = question;
    const draw = (by, name, cut) => {
      const how = { prompt, temperature: DEFAULT_TEMPERATURE, maxTokens: MAX_TOKENS, name: `${name} ${SEED} ${index}` };
      return drawAnswer(by, { ...how, ...(cut === undefined ? {} : { cut }) });
    };
    const [first, second, third, fourth, last] = copies;
    const cheats = {
      "another question": answered[otherQuestions(all, index, 1)[0]].copies[0],
      "half the prompt": await draw(engine, "half", secondHalf),
      "fewer layers": await draw(smaller, "fewer layers"),
      "four bits": await draw(fourBits, "four bits"),
      copied: last,
      paraphrased: paraphrase(last),
    };
    await embed(Object.values(cheats));
    const paired = Object.entries(cheats).map(([name, cheat]) => [name, [last, cheat]]);
    rows.push({
      honest: [
        [first, second],
        [third, fourth],
      ],
      cheats: Object.fromEntries(paired),
    });
    if (index % 100 === 99) say(`  cheats, ${text}: ${index + 1} of ${answered.length}`);
  }
  for (const falseAlarmsMax of FALSE_ALARMS_MAX) {
    const { threshold, labelled, falseAlarms, cheats } = pairFigures(rows, falseAlarmsMax, vectorOf);
    const facts = { text, temperature: DEFAULT_TEMPERATURE, falseAlarmsMax, threshold: round(threshold), labelled };
    const unit = "share";
    figures.push({ metric: "false_alarms", value: round(falseAlarms.value), unit, ...rounded(falseAlarms), ...facts });
    for (const { cheat, missed, auc } of cheats) {
      const row = { cheat, auc: round(auc), ...facts };
      figures.push({ metric: "missed", value: round(missed.value), unit, ...rounded(missed), ...row });
    }
  }
}
await Promise.all([engine, fourBits, smaller].map((one) => one.close()));
rmSync(folder, { recursive: true });
report("copies", figures);
