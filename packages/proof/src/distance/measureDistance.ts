import type { Engine } from "@cortensor/engine";
import { keccak256, type Prompt, type SamplingParams, utf8ToBytes } from "@cortensor/protocol";
import { CALIBRATION_FAMILIES } from "../calibrate/calibrationPrompts.js";
import type { Substitute } from "../calibrate/cheatArms.js";
import { calibrateDistance } from "./calibrateDistance.js";
import type { ModelDistance } from "./distanceFile.js";
import type { Vector } from "./vectorDistance.js";

export type DistanceRun = {
  /** Answers, and makes the vectors. */
  readonly engine: Pick<Engine, "describe" | "tokenizePrompt" | "generate" | "embed">;
  /** What a cheat may serve instead. */
  readonly substitutes: readonly Substitute[];
  /** Copies a task: the threshold is for exactly so many. */
  readonly copies: number;
  readonly honestGroups: number;
  readonly cheatGroups: number;
  /** Most tokens of an answer. */
  readonly tokens: number;
  readonly temperature: number;
  /** Share of honest answers that are called outliers, at most. */
  readonly falseAlarmsMax: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (step: { readonly arm: string; readonly groups: number; readonly of: number }) => void;
};

/** One copy: who answers, and what of the question it reads. */
type Author = {
  readonly engine: Pick<Engine, "generate">;
  readonly promptOf: (prompt: Prompt, other: Prompt) => Prompt;
  readonly cut: (promptTokens: readonly number[]) => readonly number[];
};

/**
 * Measures how far honest copies of an answer lie from their median, and sets the distance beyond which one is an outlier. In a group of a cheat all
 * copies but the last are honest: it answers another question, reads half the prompt, or is another model's. Groups with an empty answer are left
 * out, as a router doesn't compare them either. The same engine and seed give the same figures.
 */
export async function measureDistance(run: DistanceRun): Promise<ModelDistance> {
  const { engine, substitutes, copies, honestGroups, cheatGroups, falseAlarmsMax } = run;
  const honest: Author = { engine, promptOf: (prompt) => prompt, cut: (tokens) => tokens };
  const authors: Readonly<Record<string, Author>> = {
    "another question": { ...honest, promptOf: (_, other) => other },
    "half the prompt": { ...honest, cut: (tokens) => tokens.slice(Math.floor(tokens.length / 2)) },
    ...Object.fromEntries(substitutes.map((one) => [one.name, { ...honest, engine: one.engine }])),
  };
  const groupsOf = (arm: string, parts: { readonly last: Author; readonly groups: number }) =>
    makeGroups(run, { arm, authors: [...Array<Author>(copies - 1).fill(honest), parts.last], groups: parts.groups });
  const honestly = await groupsOf("honest", { last: honest, groups: honestGroups });
  const cheats: Record<string, readonly (readonly Vector[])[]> = {};
  for (const [arm, last] of Object.entries(authors)) cheats[arm] = await groupsOf(arm, { last, groups: cheatGroups });
  const { modelId } = engine.describe();
  return { modelId, embeddingModelId: modelId, ...calibrateDistance({ honest: honestly, cheats, falseAlarmsMax }) };
}

const PROMPTS = CALIBRATION_FAMILIES.flatMap(({ prompts }) => prompts);

async function makeGroups(
  run: DistanceRun,
  { arm, authors, groups }: { readonly arm: string; readonly authors: readonly Author[]; readonly groups: number },
): Promise<readonly (readonly Vector[])[]> {
  const made: (readonly Vector[])[] = [];
  for (let group = 0; group < groups; group += 1) {
    const texts: string[] = [];
    for (const [copy, author] of authors.entries()) texts.push(await answer(run, author, { arm, group, copy }));
    if (texts.every((text) => text !== "")) made.push((await run.engine.embed(texts, run.signal)).vectors);
    run.onProgress?.({ arm, groups: group + 1, of: groups });
  }
  return made;
}

async function answer(
  run: DistanceRun,
  { engine, promptOf, cut }: Author,
  { arm, group, copy }: { readonly arm: string; readonly group: number; readonly copy: number },
): Promise<string> {
  const promptAt = (index: number): Prompt => PROMPTS[index % PROMPTS.length] ?? { kind: "text", text: "The" };
  // Half of all prompts further on stands another family, and another subject.
  const prompt = promptOf(promptAt(group), promptAt(group + PROMPTS.length / 2 + 1));
  const promptTokens = cut(await run.engine.tokenizePrompt(prompt));
  const seed = keccak256(utf8ToBytes(`distance ${run.seed} ${arm} ${group} ${copy}`));
  const stop = run.signal === undefined ? {} : { signal: run.signal };
  let text = "";
  for await (const event of engine.generate({ promptTokens, params: paramsOf(run), seed, ...stop })) {
    if (event.kind === "token" || event.kind === "end") text += event.text;
  }
  return text;
}

function paramsOf({ temperature, tokens }: DistanceRun): SamplingParams {
  const off = { topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0, logitBias: {}, stop: [] };
  return { temperature, topK: 40, ...off, maxTokens: tokens };
}
