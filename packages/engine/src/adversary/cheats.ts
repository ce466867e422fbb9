import type { Engine } from "../engine.js";
import { changeJob, type Generate, substitute } from "./changeJob.js";
import { forgeFingerprints } from "./forgeFingerprints.js";
import { halfPrompt, otherTemperature, ownSeed } from "./jobChanges.js";
import { alterSystemPrompt, padCount } from "./otherPrompt.js";
import { type AnswerStore, answersInMemory, sameAnswer } from "./sameAnswer.js";
import { stopEarly } from "./stopEarly.js";

/** What a cheat is made of. */
export type CheatParts = {
  /** The model that is offered. */
  readonly honest: Engine;
  /** What is run instead; only where the cheat names one. */
  readonly other: Pick<Engine, "generate">;
  /** Where a copier finds others' answers. Default: its own memory. */
  readonly answers?: AnswerStore;
};

type Cheat = {
  /** What the miner does, in words. */
  readonly says: string;
  /** Another model file that it needs: the offered one with fewer layers, or in four bits. */
  readonly needs?: "smaller" | "fourBits";
  readonly make: (parts: CheatParts) => Partial<Engine>;
};

const generateOf =
  (engine: Pick<Engine, "generate">): Generate =>
  (job) =>
    engine.generate(job);

/**
 * Ways to cheat a network with an ordinary miner: another engine behind the same face. For attacking one's own network; no checker knows of
 * them.
 */
export const CHEATS = {
  "smaller-model": {
    says: "runs a model with fewer layers",
    needs: "smaller",
    make: ({ other }) => ({ generate: substitute(generateOf(other)) }),
  },
  "four-bits": {
    says: "runs the same weights in four bits",
    needs: "fourBits",
    make: ({ other }) => ({ generate: substitute(generateOf(other)) }),
  },
  "other-temperature": {
    says: "samples at a temperature 0.3 lower",
    make: ({ honest }) => ({ generate: changeJob(generateOf(honest), otherTemperature(-0.3)) }),
  },
  "own-seed": {
    says: "samples with a seed of its own",
    make: ({ honest }) => ({ generate: changeJob(generateOf(honest), ownSeed) }),
  },
  "cut-prompt": {
    says: "runs the second half of the prompt",
    make: ({ honest }) => ({ generate: changeJob(generateOf(honest), halfPrompt) }),
  },
  "altered-system-prompt": {
    says: "puts a system line of its own before the prompt",
    make: ({ honest }) => alterSystemPrompt(honest),
  },
  "early-stop": {
    says: "makes half of the tokens, and says that the model ended there",
    make: ({ honest }) => ({ generate: stopEarly(generateOf(honest)) }),
  },
  "padded-count": {
    says: "counts a quarter more prompt tokens than there are",
    make: ({ honest }) => padCount(honest),
  },
  "cached-answer": {
    says: "gives the same answer to the same question again",
    make: ({ honest }) => ({ generate: sameAnswer(generateOf(honest), answersInMemory()) }),
  },
  "copied-answer": {
    says: "gives the answer that another miner gave",
    make: ({ honest, answers }) => ({ generate: sameAnswer(generateOf(honest), answers ?? answersInMemory()) }),
  },
  "posthoc-scorer": {
    says: "has a model with fewer layers write, and the true one score what it wrote",
    needs: "smaller",
    make: ({ honest, other }) => ({
      generate: forgeFingerprints(substitute(generateOf(other)), (job) => honest.score(job)),
    }),
  },
  "posthoc-four-bits": {
    says: "has four bits write, and the true model score what they wrote",
    needs: "fourBits",
    make: ({ honest, other }) => ({
      generate: forgeFingerprints(substitute(generateOf(other)), (job) => honest.score(job)),
    }),
  },
} as const satisfies Readonly<Record<string, Cheat>>;

export type CheatName = keyof typeof CHEATS;
export const CHEAT_NAMES = Object.keys(CHEATS) as readonly CheatName[];

/** The file that a cheat needs beside the offered one. */
export function fileNeededBy(name: CheatName): "smaller" | "fourBits" | undefined {
  const cheat: Cheat = CHEATS[name];
  return cheat.needs;
}

/** The offered engine's face, with the cheat behind it. */
export function cheatingEngine(name: CheatName, parts: CheatParts): Engine {
  return { ...parts.honest, ...CHEATS[name].make(parts) };
}
