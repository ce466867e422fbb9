import { keccak256, utf8ToBytes } from "@cortensor/protocol";

const OFF = { topK: 40, topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0, logitBias: {}, stop: [] };

/** One answer, as a miner makes it: its words depend on the engine, the tokens it reads, the temperature and the seed's name alone. */
export async function drawAnswer(engine, { prompt, cut = (tokens) => tokens, temperature, maxTokens, name }) {
  const promptTokens = cut(await engine.tokenizePrompt(prompt));
  const params = { ...OFF, temperature, maxTokens };
  let text = "";
  for await (const event of engine.generate({ promptTokens, params, seed: keccak256(utf8ToBytes(name)) })) {
    if (event.kind === "token" || event.kind === "end") text += event.text;
  }
  return text;
}

/** A question's copies, each with a seed of its own. */
export async function drawCopies(engine, { question, copies, temperature, maxTokens, name }) {
  const texts = [];
  for (let copy = 0; copy < copies; copy += 1) {
    const { prompt } = question;
    texts.push(await drawAnswer(engine, { prompt, temperature, maxTokens, name: `${name} ${copy}` }));
  }
  return texts;
}

/** What a cheat reads of half a prompt. */
export const secondHalf = (tokens) => tokens.slice(Math.floor(tokens.length / 2));
