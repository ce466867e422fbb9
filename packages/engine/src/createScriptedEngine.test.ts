import { createManualClock } from "@cortensor/runtime";
import { expect, it } from "vitest";
import { engineCompliance, paramsWith, runJob } from "./compliance/engineCompliance.js";
import { createScriptedEngine } from "./createScriptedEngine.js";

const LINES =
  "Once there was a small machine that answered every question — slowly, but truly. It had learned patience.";
const prompt = { kind: "chat", messages: [{ role: "user", content: "Tell me of the machine." }] } as const;
const seed = `0x${"01".repeat(32)}` as const;

engineCompliance("createScriptedEngine", async () => ({
  engine: createScriptedEngine({ reply: () => LINES, slots: 2 }),
  prompt,
}));

it("says its script, word by word, at temperature 0", async () => {
  const engine = createScriptedEngine({ reply: () => LINES });
  const promptTokens = await engine.tokenizePrompt(prompt);
  const { text, end } = await runJob(engine, { promptTokens, params: paramsWith({ maxTokens: 1_000 }), seed });
  expect(text).toBe(LINES);
  expect(end.finish).toBe("stop");
});

it("gives the reply the prompt that was asked", async () => {
  const engine = createScriptedEngine();
  const promptTokens = await engine.tokenizePrompt({ kind: "text", text: "naïve 🙂" });
  const { text } = await runJob(engine, { promptTokens, params: paramsWith({ maxTokens: 1_000 }), seed });
  expect(text).toBe("You said: naïve 🙂");
});

it("lets a token out when it is due, not before", async () => {
  const clock = createManualClock(1_000);
  const engine = createScriptedEngine({ reply: () => LINES, tokensPerSecond: 10, clock });
  const promptTokens = await engine.tokenizePrompt(prompt);
  const events = engine.generate({ promptTokens, params: paramsWith(), seed })[Symbol.asyncIterator]();
  let arrived = 0;
  const first = events.next().then(() => {
    arrived += 1;
  });
  await clock.advance(99);
  expect(arrived).toBe(0);
  await clock.advance(1);
  await first;
  expect(arrived).toBe(1);
  await events.return?.(undefined);
});
