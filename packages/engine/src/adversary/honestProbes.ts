import { PROBE_TOKENS_MAX, type Prompt } from "@cortensor/protocol";
import type { Engine, GenerateJob } from "../engine.js";

/** A probe's prompt, by its words: see `probeOf` in protocol. */
const PROBE = /^Tell me about: (?:\w+, ){3}\w+\.$/;

/** Cheats at tasks alone: a probe is told by its words, and done honestly, so that the miner is verified and gets work. */
export function answerProbesHonestly(honest: Engine, cheat: Engine): Engine {
  const probes = new WeakSet<readonly number[]>();
  return {
    ...cheat,
    async tokenizePrompt(prompt) {
      if (!isProbe(prompt)) return cheat.tokenizePrompt(prompt);
      const tokens = await honest.tokenizePrompt(prompt);
      probes.add(tokens);
      return tokens;
    },
    generate: (job) => (isOfProbe(probes, job) ? honest : cheat).generate(job),
  };
}

function isProbe(prompt: Prompt): boolean {
  if (prompt.kind !== "chat" || prompt.messages.length !== 1) return false;
  return PROBE.test(prompt.messages[0]?.content ?? "");
}

function isOfProbe(probes: WeakSet<readonly number[]>, { promptTokens, params }: GenerateJob): boolean {
  return probes.has(promptTokens) && params.maxTokens === PROBE_TOKENS_MAX;
}
