// Scores every GGUF of the manifest on the held-out items and fails below the thresholds.
// Usage: node models/evaluate.mjs [--write] [--only <part of a file name>] [--limit <items per skill>] [--show]
import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { getLlama } from "node-llama-cpp";
import { judge } from "./judge.mjs";

const LEAST = { overall: 0.85, entropy: 0.8, freeTokens: 512, recallAt5: 0.8 };
const FREE_TEXT_LIMIT = 1400;
const folder = dirname(fileURLToPath(import.meta.url));
const read = (name) => JSON.parse(readFileSync(join(folder, name), "utf8"));
const option = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);

const manifest = read("manifest.json");
const items = read("heldout.json");
const knownWording = read("heldout-known.json");
const handwritten = read("handwritten.json");
const only = option("--only") ?? "";
const limit = Number(option("--limit") ?? Infinity);
const show = process.argv.includes("--show");
const mean = (numbers) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
const rounded = (n) => Math.round(n * 1000) / 1000;
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" });

function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const promptTokens = (model, prompt) => [
  model.tokens.bos,
  ...model.tokenize(`<|im_start|>user\n${prompt}<|im_end|>\n<|im_start|>assistant\n`, true),
];

async function greedy(model, sequence, prompt) {
  await sequence.clearHistory();
  const spoken = [];
  for await (const token of sequence.evaluate(promptTokens(model, prompt), { temperature: 0 })) {
    if (model.isEogToken(token) || spoken.push(token) >= 96) break;
  }
  return model.detokenize(spoken);
}

/** The token that a number in 0…1 picks from `[token, chance]` pairs. */
function draw(chances, at) {
  let left = at * chances.reduce((sum, [, p]) => sum + p, 0);
  for (const [token, p] of chances) {
    left -= p;
    if (left <= 0) return token;
  }
  return chances[0][0];
}

/** Samples at temperature 1 from the whole distribution and measures its entropy on the way. */
async function sample(model, sequence, prompt, seed) {
  await sequence.clearHistory();
  const next = random(seed);
  const options = { temperature: 1, topK: manifest.files[0].vocabulary, topP: 1, minP: 0 };
  const spoken = [];
  const entropies = [];
  let feed = promptTokens(model, prompt);
  while (spoken.length < FREE_TEXT_LIMIT) {
    const last = [feed.at(-1), { generateNext: { probabilities: true, options } }];
    const output = await sequence.controlledEvaluate([...feed.slice(0, -1), last]);
    const chances = [...output.at(-1).next.probabilities];
    entropies.push(-chances.reduce((sum, [, p]) => sum + (p > 0 ? p * Math.log(p) : 0), 0));
    const token = draw(chances, next());
    if (model.isEogToken(token)) break;
    spoken.push(token);
    feed = [token];
  }
  return { text: model.detokenize(spoken), tokens: spoken.length, entropy: mean(entropies) };
}

/** Samples every prompt for free text among the items, by family. */
async function freeTexts(model, sequence, among) {
  const families = {};
  for (const item of among.filter((one) => one.check.kind === "free text")) {
    families[item.skill] ??= [];
    const family = families[item.skill];
    if (family.length >= limit) continue;
    const made = await sample(model, sequence, item.prompt, item.id);
    family.push(made);
    if (show) console.log(`\n> ${item.prompt}\n${made.text}`);
  }
  return Object.fromEntries(
    Object.entries(families).map(([family, made]) => [
      family,
      {
        entropy: rounded(mean(made.map((m) => m.entropy))),
        fewestTokens: Math.min(...made.map((m) => m.tokens)),
        meanTokens: Math.round(mean(made.map((m) => m.tokens))),
      },
    ]),
  );
}

async function scoreChat(file) {
  const model = await llama.loadModel({ modelPath: join(folder, file.name) });
  const context = await model.createContext({ contextSize: file.contextLength, threads: 1, flashAttention: false });
  const sequence = context.getSequence();
  const skills = {};
  for (const item of items.filter((one) => one.check.kind !== "free text")) {
    skills[item.skill] ??= [];
    const results = skills[item.skill];
    if (results.length >= limit) continue;
    const answer = await greedy(model, sequence, item.prompt);
    const right = judge(item.check, answer);
    if (show && !right) console.log(`[${item.skill}] ${item.prompt}\n   wanted ${item.answer}\n   got    ${answer}`);
    results.push(Number(right));
  }
  let byHand = 0;
  for (const item of handwritten) {
    const answer = await greedy(model, sequence, item.prompt);
    const right = judge(item.check, answer);
    byHand += Number(right);
    if (show) console.log(`[by hand, ${right ? "right" : "wrong"}] ${item.prompt}\n   ${answer}`);
  }
  const freeText = await freeTexts(model, sequence, items);
  const freeTextOfKnownWording = await freeTexts(model, sequence, knownWording);
  await context.dispose();
  await model.dispose();
  const all = Object.values(skills).flat();
  return {
    items: all.length,
    overall: rounded(mean(all)),
    skills: Object.fromEntries(Object.entries(skills).map(([skill, results]) => [skill, rounded(mean(results))])),
    handwritten: { items: handwritten.length, right: byHand },
    freeText,
    freeTextOfKnownWording,
  };
}

async function scoreEmbedding(name) {
  const pairs = read("heldout-retrieval.json");
  const { prefix, suffix } = manifest.embedding;
  const model = await llama.loadModel({ modelPath: join(folder, name) });
  const context = await model.createEmbeddingContext({ contextSize: 256, threads: 1 });
  const point = async (text) => {
    const { vector } = await context.getEmbeddingFor(prefix + text + suffix);
    const length = Math.hypot(...vector);
    return vector.map((x) => x / length);
  };
  const passages = [];
  for (const pair of pairs) passages.push(await point(pair.passage));
  const kinds = {};
  for (const [n, pair] of pairs.entries()) {
    const question = await point(pair.question);
    const closeness = passages.map((passage) => passage.reduce((sum, x, i) => sum + x * question[i], 0));
    const rank = closeness.filter((c) => c > closeness[n]).length;
    kinds[pair.kind] ??= [];
    kinds[pair.kind].push(rank);
  }
  await context.dispose();
  await model.dispose();
  const recall = (ranks, k) => rounded(mean(ranks.map((rank) => Number(rank < k))));
  const ranks = Object.values(kinds).flat();
  return {
    questions: ranks.length,
    recallAt1: recall(ranks, 1),
    recallAt5: recall(ranks, 5),
    kinds: Object.fromEntries(Object.entries(kinds).map(([kind, own]) => [kind, recall(own, 5)])),
  };
}

const report = {};
const missed = [];
const need = (what, value, least) => value >= least || missed.push(`${what}: ${value}, at least ${least} wanted`);
for (const file of manifest.files.filter((f) => f.name.includes(only))) {
  const hash = createHash("sha256")
    .update(readFileSync(join(folder, file.name)))
    .digest("hex");
  if (hash !== file.sha256) missed.push(`${file.name}: hash differs from the manifest`);
  const scores = file.use === "chat" ? await scoreChat(file) : await scoreEmbedding(file.name);
  report[file.name] = { sha256: hash, ...scores };
  console.log(file.name, JSON.stringify(scores, null, 2));
  if (file.use === "chat") {
    need(`${file.name} overall`, scores.overall, LEAST.overall);
    for (const [wording, families] of Object.entries({
      unseen: scores.freeText,
      known: scores.freeTextOfKnownWording,
    })) {
      for (const [family, made] of Object.entries(families)) {
        need(`${file.name} entropy of ${family}, ${wording} wording`, made.entropy, LEAST.entropy);
        need(`${file.name} tokens of ${family}, ${wording} wording`, made.fewestTokens, LEAST.freeTokens);
      }
    }
  } else need(`${file.name} recall@5`, scores.recallAt5, LEAST.recallAt5);
}
if (process.argv.includes("--write")) {
  const target = join(folder, "results.json");
  // With --only, the figures of the other files stay, as long as those files do.
  const kept = only ? read("results.json").files : {};
  const files = manifest.files.map(({ name, sha256 }) => [name, report[name] ?? kept[name], sha256]);
  const current = files
    .filter(([, scores, sha256]) => scores?.sha256 === sha256)
    .map(([name, scores]) => [name, scores]);
  const results = { thresholds: LEAST, files: Object.fromEntries(current) };
  writeFileSync(`${target}.partial`, `${JSON.stringify(results, null, 2)}\n`);
  renameSync(`${target}.partial`, target);
}
console.log(missed.length ? `MISSED\n${missed.join("\n")}` : "all thresholds met");
await llama.dispose();
process.exit(missed.length ? 1 : 0);
