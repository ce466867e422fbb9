import { CANARY_SHAPES_MAX, type CanaryAnswer } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import {
  askedPrompts,
  avoidedMiners,
  bookAnswer,
  bookQuestion,
  bookTask,
  type CanaryBook,
  canaryBookSchema,
  emptyCanaryBook,
  openQuestion,
  standings,
} from "./canaryBook.js";

const word = (byte: string): `0x${string}` => `0x${byte.repeat(32)}`;
const address = (byte: string): `0x${string}` => `0x${byte.repeat(20)}`;
const [ANNA, BERT, LIAR] = [address("a1"), address("b2"), address("c3")];
const EMPTY = emptyCanaryBook({ secret: word("01"), session: word("02") });

function answered(miner: `0x${string}`, said: string, task: number): CanaryAnswer {
  return { ...{ miner, owner: miner, kernelClass: word("0c"), tokensHash: word(said) }, taskId: word(`1${task}`) };
}

/** A question that three miners answered, one of them otherwise unless it is told what. Its right answer is its own unless one is given. */
function asked(book: CanaryBook, { right, said = "ee" }: { readonly right?: string; readonly said?: string } = {}) {
  const prompt = `Who is ${book.questions.at(-1)?.number ?? 0}?`;
  const next = bookQuestion(book, { model: "m", kind: "chat", prompt, maxTokens: 8 });
  const { number = 0 } = next.questions.at(-1) ?? {};
  const own = right ?? (number % 200).toString(16).padStart(2, "0");
  const answers = [answered(ANNA, own, 1), answered(LIAR, said, 2), answered(BERT, own, 3)];
  return answers.reduce((so, answer) => bookAnswer(so, number, answer), next);
}

describe("a client's book of canaries", () => {
  it("names a miner with its evidence, and avoids it only once it was wrong twice", () => {
    const once = asked(EMPTY);
    expect(standings(once)[0]).toEqual({
      ...{ miner: LIAR, right: 0, wrong: 1, isAvoided: false },
      faults: [{ taskId: word("12"), against: [word("11"), word("13")] }],
    });
    expect(avoidedMiners(once)).toEqual([]);
    expect(avoidedMiners(asked(once))).toEqual([LIAR]);
    expect(standings(asked(once)).slice(1)).toEqual([
      { miner: ANNA, right: 2, wrong: 0, isAvoided: false, faults: [] },
      { miner: BERT, right: 2, wrong: 0, isAvoided: false, faults: [] },
    ]);
  });

  it("counts for nobody what a model answers to one prompt and another, and against whoever says otherwise", () => {
    const phrase = asked(asked(EMPTY, { right: "aa", said: "aa" }), { right: "aa" });
    const none = { right: 0, wrong: 0 };
    expect(standings(phrase)).toMatchObject([
      { miner: LIAR, right: 0, wrong: 1 },
      { miner: ANNA, ...none },
      { miner: BERT, ...none },
    ]);
    const own = asked(phrase, { right: "bb", said: "bb" });
    expect(standings(own).map(({ right }) => right)).toEqual([1, 1, 1]);
    let book = own;
    for (let count = 0; count < 70; count += 1) book = asked(book, { right: "aa", said: "aa" });
    expect(standings(book).map(({ right, wrong }) => [right, wrong])).toEqual([
      [1, 1],
      [1, 0],
      [1, 0],
    ]);
  });

  it("knows what it asked a model, and of no other", () => {
    const book = asked(asked(EMPTY));
    expect([...askedPrompts(book, "m")]).toEqual(["Who is 0?", "Who is 1?"]);
    expect(askedPrompts(book, "another").size).toBe(0);
  });

  it("counts a question once for a miner that was asked it again", () => {
    const book = asked(EMPTY);
    const again = bookAnswer(book, 1, answered(LIAR, "dd", 4));
    expect(standings(again)[0]).toMatchObject({ miner: LIAR, wrong: 1, isAvoided: false });
  });

  it("keeps the counts of questions that it has no more room for", () => {
    let book = EMPTY;
    for (let count = 0; count < 70; count += 1) book = asked(book);
    expect(book.questions).toHaveLength(64);
    expect(standings(book)[0]).toMatchObject({ miner: LIAR, wrong: 70 });
    expect(canaryBookSchema.parse(JSON.parse(JSON.stringify(book)))).toEqual(book);
  });

  it("puts a question to more miners before it makes many others, and not to the same for ever", () => {
    const make = (book: CanaryBook) => bookQuestion(book, { model: "m", kind: "text", prompt: "?", maxTokens: 8 });
    const of = (book: CanaryBook, pick = 0) => openQuestion(book, { model: "m", pick })?.number;
    expect(of(EMPTY)).toBeUndefined();
    expect(of(make(EMPTY))).toBeUndefined();
    let book = make(make(EMPTY));
    expect([of(book), of(book, 0.99)]).toEqual([1, 2]);
    expect(openQuestion(book, { model: "another", pick: 0 })).toBeUndefined();
    for (let task = 1; task <= 6; task += 1) book = bookAnswer(book, 1, answered(ANNA, "aa", task));
    expect(of(book)).toBeUndefined();
  });

  it("remembers of a real task its size and time alone, and no more of them than shapes are drawn from", () => {
    let book = EMPTY;
    for (let at = 1; at <= 300; at += 1) book = bookTask(book, { promptBytes: at, maxTokens: 8 }, at * 10);
    expect(book.shapes).toHaveLength(CANARY_SHAPES_MAX);
    expect(book.shapes.at(-1)).toEqual({ promptBytes: 300, maxTokens: 8, gapMs: 10 });
    expect(bookTask(EMPTY, { promptBytes: 1, maxTokens: 8 }, 5_000)).toMatchObject({ shapes: [], lastAtMs: 5_000 });
  });

  it("isn't read from a file of another form", () => {
    expect(canaryBookSchema.safeParse({ ...EMPTY, more: 1 }).success).toBe(false);
    expect(canaryBookSchema.safeParse({ ...EMPTY, secret: "0x01" }).success).toBe(false);
  });
});
