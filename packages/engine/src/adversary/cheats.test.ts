import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { probeOf } from "@cortensor/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { paramsWith, runJob } from "../compliance/engineCompliance.js";
import { createScriptedEngine } from "../createScriptedEngine.js";
import type { Engine, GenerateEvent, GenerateJob } from "../engine.js";
import { CHEAT_NAMES, type CheatName, type CheatParts, cheatingEngine } from "./cheats.js";
import { answerProbesHonestly } from "./honestProbes.js";
import { answersInFolder } from "./sameAnswer.js";

const LINES = "Once there was a small machine that answered every question, slowly, but truly.";
const honest = ofAnyPrompt(createScriptedEngine({ reply: () => LINES }));
const other = createScriptedEngine({ reply: () => "Something else, which a cheaper model would have said." });
const seed = `0x${"01".repeat(32)}` as const;
const prompt = { kind: "text", text: "Tell me of the machine." } as const;

const cheat = (name: CheatName, parts: Partial<CheatParts> = {}): Engine =>
  cheatingEngine(name, { honest, other, ...parts });

/** As a model does, it goes on from whatever tokens it gets: half a prompt is none to a script. */
function ofAnyPrompt(script: Engine): Engine {
  const whole = script.tokenizePrompt({ kind: "text", text: "any" });
  async function* generate(job: GenerateJob): AsyncGenerator<GenerateEvent, void> {
    for await (const event of script.generate({ ...job, promptTokens: await whole })) {
      const recipe = [{ kind: "prefill", tokens: job.promptTokens.length } as const];
      yield event.kind === "end" ? { ...event, recipe } : event;
    }
  }
  return { ...script, generate };
}

async function answerOf(engine: Engine, changes: Parameters<typeof paramsWith>[0] = {}, jobSeed = seed) {
  const promptTokens = await engine.tokenizePrompt(prompt);
  const params = paramsWith({ maxTokens: 1_000, ...changes });
  const run = await runJob(engine, { promptTokens, params, seed: jobSeed, fingerprints: true });
  return { ...run, promptTokens };
}

let folder: string | undefined;
afterEach(async () => {
  if (folder !== undefined) await rm(folder, { recursive: true });
  folder = undefined;
});

describe("a cheating engine", () => {
  it.each(CHEAT_NAMES)("looks like the honest one from outside: %s", async (name) => {
    const engine = cheat(name);
    expect(engine.describe()).toEqual(honest.describe());
    const { end, promptTokens } = await answerOf(engine);
    expect(end.recipe[0]).toEqual({ kind: "prefill", tokens: promptTokens.length });
  });

  it("writes with another model, and may score by the true one", async () => {
    const { text } = await answerOf(other);
    expect((await answerOf(cheat("smaller-model"))).text).toBe(text);
    const forged = await answerOf(cheat("posthoc-scorer"));
    expect(forged.text).toBe(text);
    const scores = await honest.score({
      promptTokens: forged.promptTokens,
      outputTokens: forged.tokens.map(({ id }) => id),
      topK: 5,
    });
    expect(forged.tokens.map(({ top }) => top)).toEqual(scores.map(({ top }) => top));
  });

  it("ends after half of the tokens, and calls that the model's end", async () => {
    const early = await answerOf(cheat("early-stop"), { maxTokens: 20 });
    expect([early.tokens.length, early.end.finish]).toEqual([10, "stop"]);
    expect((await answerOf(honest, { maxTokens: 20 })).end.finish).toBe("length");
  });

  it("counts more tokens than it runs", async () => {
    const [padded, real] = [await answerOf(cheat("padded-count")), await answerOf(honest)];
    expect(padded.promptTokens.length).toBe(real.promptTokens.length + Math.ceil(real.promptTokens.length / 4));
    expect(padded.text).toBe(real.text);
  });

  it("gives one answer under every seed, its own or another miner's", async () => {
    folder = await mkdtemp(join(tmpdir(), "answers-"));
    const answers = answersInFolder(folder);
    const warm = { temperature: 1 };
    const seeds = [seed, `0x${"02".repeat(32)}`] as const;
    const honestly = await Promise.all(seeds.map((one) => answerOf(honest, warm, one)));
    expect(honestly[1]?.tokens).not.toEqual(honestly[0]?.tokens);
    const cached = cheat("cached-answer");
    const own = [await answerOf(cached, warm, seeds[0]), await answerOf(cached, warm, seeds[1])];
    expect(own[1]?.tokens).toEqual(honestly[0]?.tokens);
    await answerOf(cheat("copied-answer", { answers }), warm, seeds[0]);
    const copied = await answerOf(cheat("copied-answer", { answers }), warm, seeds[1]);
    expect(copied.tokens).toEqual(honestly[0]?.tokens);
  });

  it("does a probe as an honest miner would", async () => {
    const probe = probeOf(`0x${"5a".repeat(32)}`);
    const run = async (engine: Engine) => {
      const promptTokens = await engine.tokenizePrompt(probe.prompt);
      return runJob(engine, { promptTokens, params: probe.params, seed: probe.seed });
    };
    const expected = await run(honest);
    for (const name of CHEAT_NAMES) {
      const { tokens, end } = await run(answerProbesHonestly(honest, cheat(name)));
      expect([name, tokens, end]).toEqual([name, expected.tokens, expected.end]);
    }
  });
});
