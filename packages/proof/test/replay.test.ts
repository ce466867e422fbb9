import { embeddedModels, type LlamaEngine, startLlamaEngine } from "@cortensor/engine";
import { type ChatMessage, keccak256, utf8ToBytes } from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replaySegment } from "../src/index.js";
import { claimOf, endless, type Made, make } from "./claims.js";

/** An ordinary run has 2 % of the tokens that the promise is stated with. */
const TOKENS = process.env.CORTENSOR_DEEP === "proof" ? 10_000 : 200;
/** Two threads wait for each other, which takes long beside other work. */
const THREADED_TOKENS = process.env.CORTENSOR_DEEP === "proof" ? TOKENS : 24;
const ANSWER_TOKENS = 100;
/** Turns of one conversation: as many as fit the context. */
const TURNS = 3;
const CUTS = [1, 32, 47];
const TIMEOUT_MS = 120_000 + TOKENS * 100;

const SUBJECTS = ["a brave fox", "the sea", "how to bake bread", "a lost letter", "the first snow"];

describe.each(["Q8_0", "F16"])("decode replay at %s", (quantisation) => {
  let first: LlamaEngine;
  let again: LlamaEngine;
  let threaded: LlamaEngine;
  beforeAll(async () => {
    const { files } = await embeddedModels();
    const file = files.find((one) => one.use === "chat" && one.quantisation === quantisation);
    if (file === undefined) throw new Error(`no ${quantisation} file`);
    const start = (threads: number): Promise<LlamaEngine> =>
      startLlamaEngine({ modelPath: file.path, model: file.model, contextTokens: 512, threads });
    first = await start(1);
    [again, threaded] = await Promise.all([start(1), start(2)]);
  }, TIMEOUT_MS);
  afterAll(() => Promise.all([first, again, threaded].map((engine) => engine.close())));

  /** Makes answers of so many tokens in all, and each again elsewhere: by its recipe, and as a successor from one of the cuts. */
  async function replayAll(elsewhere: LlamaEngine, tokens: number): Promise<void> {
    for (let answer = 0; answer * ANSWER_TOKENS < tokens; answer += 1) {
      const content = `Tell me a story about ${SUBJECTS[answer % SUBJECTS.length]}.`;
      const promptTokens = await first.tokenizePrompt({ kind: "chat", messages: [{ role: "user", content }] });
      const maxTokens = Math.min(ANSWER_TOKENS, tokens - answer * ANSWER_TOKENS);
      const params = endless({ maxTokens, temperature: answer % 4 === 3 ? 0 : 1 });
      const job = { promptTokens, params, seed: keccak256(utf8ToBytes(`replay ${answer}`)) };
      const made = await make(first, job);
      const claim = claimOf(made, { ...job, engine: first });
      expect(await replaySegment(elsewhere, claim)).toEqual({ kind: "equal", tokens: maxTokens });
      const cut = Math.min(CUTS[answer % CUTS.length] ?? 1, maxTokens - 1);
      const rest = await make(elsewhere, { ...job, committed: made.ids.slice(0, cut), checkFrom: 0 });
      expect(bitsOf(rest)).toEqual(bitsOf(made, cut));
    }
  }

  /** Conversations of so many tokens of answers in all: each turn goes on from the prompts before it, and is made again in another process. */
  async function replayTurns(tokens: number): Promise<number> {
    let warmTurns = 0;
    for (let answer = 0; answer * ANSWER_TOKENS < tokens; answer += TURNS) {
      const messages: ChatMessage[] = [];
      for (let turn = 0; turn < TURNS && (answer + turn) * ANSWER_TOKENS < tokens; turn += 1) {
        messages.push({
          role: "user",
          content: `Tell me a story about ${SUBJECTS[(answer + turn) % SUBJECTS.length]}.`,
        });
        const promptTokens = await first.tokenizePrompt({ kind: "chat", messages });
        const maxTokens = Math.min(ANSWER_TOKENS, tokens - (answer + turn) * ANSWER_TOKENS);
        const params = endless({ maxTokens, temperature: 1 });
        const job = { promptTokens, params, seed: keccak256(utf8ToBytes(`turn ${answer + turn}`)) };
        const made = await make(first, { ...job, warmTag: `conversation ${answer}` });
        const prefills = made.recipe.filter(({ kind }) => kind === "prefill");
        expect(prefills).toHaveLength(turn + 1);
        if (turn > 0) warmTurns += 1;
        const claim = claimOf(made, { ...job, engine: first });
        expect(await replaySegment(again, claim)).toEqual({ kind: "equal", tokens: maxTokens });
        messages.push({ role: "assistant", content: made.text });
      }
    }
    return warmTurns;
  }

  it(
    `is bit-exact over ${TOKENS} tokens of conversations whose turns go on from what was prefilled before`,
    async () => {
      expect(await replayTurns(TOKENS)).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  it(
    `is bit-exact over ${TOKENS} tokens in a fresh process, after hand-overs too`,
    () => replayAll(again, TOKENS),
    TIMEOUT_MS,
  );

  it(
    `is bit-exact over ${THREADED_TOKENS} tokens on two threads against one, after hand-overs too`,
    () => replayAll(threaded, THREADED_TOKENS),
    TIMEOUT_MS,
  );
});

/** Tokens, and every log-probability that was seen, to the last bit. */
function bitsOf(made: Made, from = 0): unknown {
  return {
    ids: made.ids.slice(from),
    logprobs: made.logprobs.slice(from),
    tops: made.fingerprint.slice(from).map(({ top }) => top),
  };
}
