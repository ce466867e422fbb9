import type { Engine } from "@cortensor/engine";
import { ANSWERS_COMPARED_MIN, compareAnswers, findDistance, type ModelDistance } from "@cortensor/proof";
import type { Bytes32 } from "@cortensor/protocol";
import { fetchBodies } from "../check/fetchBodies.js";
import { type Compared, type JudgedAnswer, judgeAnswers } from "./judgeAnswers.js";
import { type CourtTools, openCourt } from "./openCourt.js";
import { readAnswers, type WrittenAnswer } from "./readAnswers.js";

/** What is said of one copy of a task, or of a part that can't be judged. */
export type JudgeLine = { readonly taskId: Bytes32 } & (
  | JudgedAnswer
  | { readonly verdict: "undecided"; readonly reason: string }
);

export type JudgeTools = CourtTools & {
  readonly engine: Pick<Engine, "describe" | "tokenizePrompt" | "spell" | "embed">;
  readonly distances: readonly ModelDistance[];
};

/** Fetches a task's answers, trusts neither its router nor its miners, and has every copy judged. */
export async function judgeTask(tools: JudgeTools, taskId: Bytes32): Promise<readonly JudgeLine[]> {
  const { engine } = tools;
  const { shown, hidden, seed, payees } = await fetchBodies(tools, taskId);
  const lost = hidden.map((part): JudgeLine => {
    const reason = part.kind === "withheld" ? part.kind : part.fault;
    return { taskId, verdict: "undecided", reason };
  });
  if (shown.some(({ task }) => task.modelId !== engine.describe().modelId)) {
    return [...lost, { taskId, verdict: "undecided", reason: "otherModel" }];
  }
  const read = seed === undefined ? [] : await readAnswers(engine, shown, seed);
  // One that was given up before its result had a part in the answer all the same.
  const answers = read.map((answer) => {
    const paid = payees.filter(({ replica }) => replica === answer.replica).map(({ miner }) => miner);
    return { ...answer, miners: [...new Set([...paid, ...answer.miners])] };
  });
  const judged = await judgeAnswers(openCourt(tools), answers, await compare(tools, answers));
  return [...lost, ...judged.map((one) => ({ taskId, ...one }))];
}

/** The copies that are shown, by this machine's own vectors. Those of outliers aren't: no receipt names their results. */
async function compare(
  { engine, distances, signal }: JudgeTools,
  answers: readonly WrittenAnswer[],
): Promise<Compared> {
  const { canEmbed, modelId } = engine.describe();
  const texts = answers.map(({ text }) => text);
  if (!canEmbed || texts.length < ANSWERS_COMPARED_MIN || texts.includes("")) {
    return { comparison: undefined, isThresholdKnown: false };
  }
  const { vectors } = await engine.embed(texts, signal);
  const threshold = findDistance(distances, { modelId, embeddingModelId: modelId, copies: texts.length });
  return { comparison: compareAnswers(vectors, threshold), isThresholdKnown: threshold !== undefined };
}
