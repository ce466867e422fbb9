import { hexToBytes, keccak256 } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import type { Prompt, SamplingParams } from "../inferenceRequest.js";
import type { Address, Bytes32, UnixSeconds } from "../primitives.js";
import { samplerSeed } from "../seed.js";
import { DEMANDS } from "./levelRecord.js";

const TOPIC_TAG = "network-topic-v1";
const SOURCE_TAG = "network-source-v1";
const QUESTION_TAG = "network-question-v1";
const RESULT_TAG = "network-result-v1";
/** Most tokens of one answer: as long as a user's usual one. A harder task has more questions, not longer answers. */
export const NETWORK_ANSWER_TOKENS_MAX = 256;
/** Most questions of the easiest task; a harder one has one more for so many tokens. A model that says less has failed. */
const QUESTIONS_MIN = 8;
const TOKENS_PER_QUESTION = 8;

/**
 * `keccak256("network-topic-v1" ‖ modelId ‖ kernelClass)`: what a network task is made for, its creator's own model in its own class. Only who
 * has both can solve and score it, and there a result is right or wrong to the bit.
 */
export function networkTopic(of: { readonly modelId: Bytes32; readonly kernelClass: Bytes32 }): Bytes32 {
  return keccak256(new ByteWriter().tag(TOPIC_TAG).hex(of.modelId, 32).hex(of.kernelClass, 32).toBytes());
}

/** What a solver's questions follow from. */
export type QuestionSource = {
  readonly taskId: Bytes32;
  readonly topicHash: Bytes32;
  /** The preparer's: 32 bytes drawn at random. */
  readonly questionsHash: Bytes32;
  /** Nobody knows it before the solvers are seated, so that nobody begins earlier. */
  readonly startedAtSeconds: UnixSeconds;
  readonly solver: Address;
};

/**
 * `keccak256("network-source-v1" ‖ taskId ‖ topicHash ‖ questionsHash ‖ startedAt u64 ‖ solver)`: each solver has questions of its own, so that
 * nobody can use another's answers, and all of them are public on chain.
 */
export function questionSource(of: QuestionSource): Bytes32 {
  return keccak256(
    new ByteWriter()
      .tag(SOURCE_TAG)
      .hex(of.taskId, 32)
      .hex(of.topicHash, 32)
      .hex(of.questionsHash, 32)
      .uint("startedAt", of.startedAtSeconds, 8)
      .hex(of.solver, 20)
      .toBytes(),
  );
}

/** One question: a user's, as far as anyone can tell. */
export type NetworkQuestion = { readonly prompt: Prompt; readonly params: SamplingParams; readonly seed: Bytes32 };

/** The question with an index, 0 first. Its answer has at most `tokensLeft` tokens. */
export function networkQuestion(source: Bytes32, index: number, tokensLeft: number): NetworkQuestion {
  const word = keccak256(new ByteWriter().tag(QUESTION_TAG).hex(source, 32).uint("index", index, 4).toBytes());
  const [form = 0, subject = 0, other = 0, heat = 0, width = 0] = hexToBytes(word);
  const at = (list: readonly string[], byte: number): string => list[byte % list.length] ?? "";
  const content = at(FORMS, form).replace("%", at(SUBJECTS, subject)).replace("%", at(SUBJECTS, other));
  return {
    prompt: { kind: "chat", messages: [{ role: "user", content }] },
    params: {
      temperature: TEMPERATURES[heat % TEMPERATURES.length] ?? 1,
      topK: 40,
      topP: TOP_PS[width % TOP_PS.length] ?? 1,
      minP: 0,
      presencePenalty: 0,
      frequencyPenalty: 0,
      logitBias: {},
      stop: [],
      maxTokens: Math.min(tokensLeft, NETWORK_ANSWER_TOKENS_MAX),
    },
    seed: samplerSeed(word, 0),
  };
}

/** Tokens that a task's answers have together, and the questions after which a solver stops asking for more. */
export function questionsOf(difficulty: number): { readonly tokens: number; readonly questionsMax: number } {
  const demand = DEMANDS[difficulty - 1];
  if (demand === undefined) throw new RangeError(`a difficulty is 1 to ${DEMANDS.length}`);
  const { tokensMin } = demand;
  return { tokens: tokensMin, questionsMax: QUESTIONS_MIN + Math.ceil(tokensMin / TOKENS_PER_QUESTION) };
}

/** An answer, as a result counts it. */
export type NetworkAnswer = {
  readonly nOut: number;
  /** Running root over its tokens. */
  readonly tokenRoot: Bytes32;
};

/** `keccak256("network-result-v1" ‖ source ‖ (nOut u32 ‖ tokenRoot) for each answer)`: what a solver binds itself to. */
export function networkResultHash(source: Bytes32, answers: readonly NetworkAnswer[]): Bytes32 {
  const writer = new ByteWriter().tag(RESULT_TAG).hex(source, 32);
  for (const { nOut, tokenRoot } of answers) writer.uint("nOut", nOut, 4).hex(tokenRoot, 32);
  return keccak256(writer.toBytes());
}

const TEMPERATURES = [0.3, 0.5, 0.7, 0.8, 0.9, 1];
const TOP_PS = [0.9, 0.95, 1];
const FORMS = [
  "What is %?",
  "Explain % in simple words.",
  "Tell me about %.",
  "How does % work?",
  "Write a short story about % and %.",
  "Compare % and %.",
  "Give me three facts about %.",
  "Why is % important?",
  "Write a letter to a friend about %.",
  "What should I know before I buy %?",
  "Summarise the history of %.",
  "Write a poem about %.",
  "Which is better, % or %?",
  "List the steps to make %.",
  "What are the risks of %?",
  "Describe % to a child.",
];
const SUBJECTS = [
  "a river",
  "bread",
  "the moon",
  "a bicycle",
  "rain",
  "a library",
  "music",
  "a garden",
  "the sea",
  "a clock",
  "coffee",
  "a bridge",
  "winter",
  "a market",
  "trains",
  "a lamp",
  "chess",
  "honey",
  "a forest",
  "paper",
  "wool",
  "a harbour",
  "glass",
  "a school",
  "salt",
  "maps",
  "a violin",
  "snow",
  "a kitchen",
  "cheese",
  "mountains",
  "a letter",
];
