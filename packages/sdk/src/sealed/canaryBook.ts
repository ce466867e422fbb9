import {
  type Address,
  AVOIDED_MAX,
  addressField,
  type Bytes32,
  bytes32Field,
  CANARY_SHAPES_MAX,
  type CanaryAnswer,
  judgeCanary,
  type TaskShape,
  uint32Field,
  uint64Field,
} from "@cortensor/protocol";
import { z } from "zod";

/** Miners that must answer a question before no more are asked it. */
const MINERS_PER_QUESTION = 3;
/** Answers after which a question is given up, whoever gave them. */
const ANSWERS_MAX = 6;
/** Asks in vain after which it is given up: a network of two miners has no third. */
const FAILURES_MAX = 3;
/** Questions that wait for more answers at once: each is put to several miners before new ones are made. */
const OPEN_MAX = 2;
/** Questions kept with their answers: the evidence. Of the oldest only the counts stay. */
const QUESTIONS_MAX = 64;
const MINERS_MAX = 1_024;
/** Questions that a miner must have answered wrongly before it is avoided: one answer may fall between two equally likely tokens. */
export const WRONG_MAX = 2;
const PROMPT_CHARS_MAX = 65_536;

const answerSchema = z.strictObject({
  taskId: bytes32Field,
  miner: addressField,
  owner: addressField,
  kernelClass: bytes32Field,
  tokensHash: bytes32Field,
});
const questionSchema = z.strictObject({
  /** Unlike any other's. */
  number: uint32Field,
  model: z.string().max(256),
  kind: z.enum(["chat", "text"]),
  prompt: z.string().max(PROMPT_CHARS_MAX),
  maxTokens: z.int().min(1),
  answers: z.array(answerSchema).max(ANSWERS_MAX),
  /** Asks of it that came to nothing: no other miner is there, or it failed. */
  failures: uint32Field,
});
const countSchema = z.strictObject({ miner: addressField, right: uint32Field, wrong: uint32Field });

/** What a client remembers of its canaries: nothing of its own tasks but their sizes and times. */
export const canaryBookSchema = z.strictObject({
  /** 32 bytes that the client drew: whoever hasn't them can't tell which tasks are canaries. */
  secret: bytes32Field,
  session: bytes32Field,
  seq: uint64Field,
  shapes: z
    .array(z.strictObject({ promptBytes: z.int().min(0), maxTokens: z.int().min(1), gapMs: z.int().min(0) }))
    .max(CANARY_SHAPES_MAX),
  lastAtMs: z.int().min(0),
  questions: z.array(questionSchema).max(QUESTIONS_MAX),
  counts: z.array(countSchema).max(MINERS_MAX),
});
export type CanaryBook = z.output<typeof canaryBookSchema>;
export type CanaryQuestion = z.output<typeof questionSchema>;

/** What a client knows of one miner by its canaries. */
export type MinerStanding = {
  readonly miner: Address;
  /** Questions that it answered rightly, where no other question had that answer. */
  readonly right: number;
  readonly wrong: number;
  readonly isAvoided: boolean;
  /** Its wrong answers that are still kept, each with tasks of other owners' miners that show it: their receipts bear what was signed. */
  readonly faults: readonly { readonly taskId: Bytes32; readonly against: readonly Bytes32[] }[];
};

export function emptyCanaryBook(parts: { readonly secret: Bytes32; readonly session: Bytes32 }): CanaryBook {
  return { ...parts, seq: 0, shapes: [], lastAtMs: 0, questions: [], counts: [] };
}

/** Remembers how large a real task was, and how long after the one before it came. The first has no gap: it gives no shape. */
export function bookTask(book: CanaryBook, task: Omit<TaskShape, "gapMs">, atMs: number): CanaryBook {
  const shape = { ...task, gapMs: Math.max(0, Math.round(atMs - book.lastAtMs)) };
  const shapes = book.lastAtMs === 0 ? book.shapes : [...book.shapes, shape].slice(-CANARY_SHAPES_MAX);
  return { ...book, seq: book.seq + 1, shapes, lastAtMs: Math.round(atMs) };
}

/** What the model was asked, of the questions that are kept: none of it is to be asked as another question. */
export function askedPrompts({ questions }: CanaryBook, model: string): ReadonlySet<string> {
  return new Set(questions.filter((question) => question.model === model).map(({ prompt }) => prompt));
}

/** A question of the model that still wants answers, or undefined where a new one is to be made. `pick`: uniform in [0, 1). */
export function openQuestion(
  { questions }: CanaryBook,
  { model, pick }: { readonly model: string; readonly pick: number },
): CanaryQuestion | undefined {
  const open = questions.filter((question) => question.model === model && isOpen(question));
  return open.length < OPEN_MAX ? undefined : open[Math.floor(pick * open.length)];
}

export function bookQuestion(
  book: CanaryBook,
  asked: Omit<CanaryQuestion, "number" | "answers" | "failures">,
): CanaryBook {
  const number = 1 + Math.max(0, ...book.questions.map((one) => one.number));
  const questions = [...book.questions, { ...asked, number, answers: [], failures: 0 }];
  const [oldest, ...rest] = questions;
  if (questions.length <= QUESTIONS_MAX || oldest === undefined) return { ...book, questions };
  return { ...book, questions: rest, counts: countIn(book.counts, oldest, phrasesOf(questions)) };
}

export function bookAnswer(book: CanaryBook, number: number, answer: CanaryAnswer): CanaryBook {
  const questions = book.questions.map((one) =>
    one.number === number && one.answers.length < ANSWERS_MAX ? { ...one, answers: [...one.answers, answer] } : one,
  );
  return { ...book, questions };
}

export function bookFailure(book: CanaryBook, number: number): CanaryBook {
  const fail = (one: CanaryQuestion) => (one.number === number ? { ...one, failures: one.failures + 1 } : one);
  return { ...book, questions: book.questions.map(fail) };
}

/** All miners that ever answered a canary, those with the most wrong answers first. */
export function standings({ questions, counts }: CanaryBook): readonly MinerStanding[] {
  const phrases = phrasesOf(questions);
  const all = questions.reduce((sum, question) => countIn(sum, question, phrases), counts);
  const faults = questions.flatMap(({ answers }) => judgeCanary(answers).filter(({ kind }) => kind === "wrong"));
  return all
    .map(({ miner, right, wrong }) => ({
      ...{ miner, right, wrong, isAvoided: wrong >= WRONG_MAX },
      faults: faults
        .filter(({ answer }) => answer.miner === miner)
        .map(({ answer, against }) => ({ taskId: answer.taskId, against })),
    }))
    .sort((left, right) => right.wrong - left.wrong || (left.miner < right.miner ? -1 : 1));
}

/** Whom the client's asks aren't to be given to: who answered most questions wrongly first. */
export function avoidedMiners(book: CanaryBook): readonly Address[] {
  const avoided = standings(book).filter(({ isAvoided }) => isAvoided);
  return avoided.slice(0, AVOIDED_MAX).map(({ miner }) => miner);
}

function isOpen({ answers, failures }: CanaryQuestion): boolean {
  const miners = new Set(answers.map(({ miner }) => miner));
  return failures < FAILURES_MAX && miners.size < MINERS_PER_QUESTION && answers.length < ANSWERS_MAX;
}

/**
 * Right answers that more than one question has, each with its model: what a model says to whatever it is asked it says to half of a prompt too. They are
 * held against who says otherwise, and for nobody.
 */
function phrasesOf(questions: readonly CanaryQuestion[]): ReadonlySet<string> {
  const said = new Set<string>();
  const phrases = new Set<string>();
  for (const question of questions) {
    const right = judgeCanary(question.answers).filter(({ kind }) => kind === "right");
    for (const phrase of new Set(right.map(({ answer }) => phraseOf(question, answer))))
      (said.has(phrase) ? phrases : said).add(phrase);
  }
  return phrases;
}

function phraseOf({ model }: CanaryQuestion, { tokensHash }: CanaryAnswer): string {
  return `${tokensHash} ${model}`;
}

/** Each question counts once for a miner, however often it was asked it. */
function countIn(
  counts: CanaryBook["counts"],
  question: CanaryQuestion,
  phrases: ReadonlySet<string>,
): CanaryBook["counts"] {
  const { answers } = question;
  const next = new Map(counts.map((one) => [one.miner, one]));
  const findings = judgeCanary(answers).filter(
    ({ kind, answer }) => kind !== "right" || !phrases.has(phraseOf(question, answer)),
  );
  for (const miner of new Set(answers.map((answer) => answer.miner))) {
    const kinds = new Set(findings.filter(({ answer }) => answer.miner === miner).map(({ kind }) => kind));
    const { right, wrong } = next.get(miner) ?? { right: 0, wrong: 0 };
    const isWrong = kinds.has("wrong");
    const isRight = !isWrong && kinds.has("right");
    next.set(miner, { miner, right: right + (isRight ? 1 : 0), wrong: wrong + (isWrong ? 1 : 0) });
  }
  return [...next.values()].slice(-MINERS_MAX);
}
