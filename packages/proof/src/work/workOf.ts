import type { EngineDescription } from "@cortensor/engine";
import type { FinishReason, Prompt, SamplingParams } from "@cortensor/protocol";
import { WORK_KINDS, type WorkKind } from "./workKinds.js";

/** An answer, as far as it matters to proof. */
export type AnsweredWork =
  | { readonly kind: "embedding"; readonly engine: EngineDescription["kind"] }
  | {
      readonly kind: "inference";
      readonly engine: EngineDescription["kind"];
      readonly prompt: Prompt["kind"];
      readonly params: SamplingParams;
      readonly segments: number;
      readonly copies: number;
      readonly finish: FinishReason;
      /** Whether nobody of the miner's own kernel class can check it. */
      readonly isOtherKernelClass: boolean;
    };

const OF_ENGINE: Readonly<Record<EngineDescription["kind"], WorkKind | undefined>> = {
  llama: undefined,
  http: "externalEngine",
  scripted: "scriptedEngine",
};

const OF_PROMPT: Readonly<Record<Prompt["kind"], WorkKind>> = { chat: "chat", text: "text" };

/** Every parameter has a line, so that a new one can't be forgotten. */
const OF_PARAM: Readonly<Record<keyof SamplingParams, (params: SamplingParams) => WorkKind | undefined>> = {
  temperature: ({ temperature }) => (temperature === 0 ? "greedy" : undefined),
  topK: () => undefined,
  topP: () => undefined,
  minP: () => undefined,
  maxTokens: () => undefined,
  presencePenalty: ({ presencePenalty }) => (presencePenalty === 0 ? undefined : "penalties"),
  frequencyPenalty: ({ frequencyPenalty }) => (frequencyPenalty === 0 ? undefined : "penalties"),
  logitBias: ({ logitBias }) => (Object.keys(logitBias).length === 0 ? undefined : "logitBias"),
  stop: ({ stop }) => (stop.length === 0 ? undefined : "stop"),
  userSeed: ({ userSeed }) => (userSeed === undefined ? undefined : "userSeed"),
};

/** The kinds of one answer, in the table's order. */
export function workOf(work: AnsweredWork): readonly WorkKind[] {
  const found = new Set<WorkKind | undefined>([OF_ENGINE[work.engine]]);
  if (work.kind === "embedding") found.add("embeddings");
  else {
    found.add(OF_PROMPT[work.prompt]);
    for (const kindOf of Object.values(OF_PARAM)) found.add(kindOf(work.params));
    if (work.segments > 1) found.add("handOver");
    if (work.copies > 1) found.add("copies");
    if (work.finish === "abort") found.add("cancelled");
    if (work.isOtherKernelClass) found.add("otherKernelClass");
  }
  return WORK_KINDS.filter((kind) => found.has(kind));
}
