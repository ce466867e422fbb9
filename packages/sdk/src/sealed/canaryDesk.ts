import {
  type Address,
  type Bytes32,
  bytesToHex,
  type CanaryPlace,
  canaryPick,
  canaryPrompt,
  canaryShape,
  hashCanaryAnswer,
  hexToBytes,
  isCanaryDue,
  type Prompt,
} from "@cortensor/protocol";
import { parseJson } from "../http.js";
import { SdkError } from "../sdkError.js";
import {
  askedPrompts,
  avoidedMiners,
  bookAnswer,
  bookFailure,
  bookQuestion,
  bookTask,
  type CanaryBook,
  type CanaryQuestion,
  canaryBookSchema,
  emptyCanaryBook,
  type MinerStanding,
  openQuestion,
  standings,
} from "./canaryBook.js";
import { CANARY_TEXTS } from "./canaryTexts.js";

/** Where a client's book of canaries lies between its runs. Of nobody's eyes but its own: it has the secret that says which tasks are canaries. */
export type CanaryStore = {
  /** Undefined where there is none yet. */
  load(): Promise<string | undefined>;
  save(text: string): Promise<void>;
};

export type CanaryOptions = {
  /** Canaries to real tasks, 0 to 1. Default: 0.05. */
  readonly rate?: number;
  /** Texts like the client's own, of which canaries are made; none of its own tasks' texts is ever. Default: some common questions. */
  readonly texts?: readonly string[];
  /** Default: in memory. */
  readonly store?: CanaryStore;
};

/** What a client found by its canaries, of every miner that answered one. */
export type Canaries = {
  miners(): Promise<readonly MinerStanding[]>;
  /** Sends a canary that is due now, rather than when its gap is over, and waits for its answer. */
  settle(): Promise<void>;
};

export type AnsweredCanary = {
  readonly taskId: Bytes32;
  readonly miner: Address;
  readonly kernelClass: Bytes32;
  readonly ids: readonly number[];
};

export type CanaryDeskParts = {
  readonly options: CanaryOptions;
  readonly nowMs: () => number;
  readonly randomBytes: (bytes: number) => Uint8Array;
  /** Asks greedily, as any task is asked and paid. */
  readonly ask: (
    prompt: Prompt,
    asked: {
      readonly model: string;
      readonly maxTokens: number;
      /** Miners that have answered it: another's answer is what is wanted. */
      readonly avoid: readonly Address[];
    },
  ) => Promise<AnsweredCanary>;
  readonly ownerOf: (miner: Address) => Promise<Address | undefined>;
};

const RATE = 0.05;
/** The longest gap that is waited for: a session that rests longer isn't one. */
const GAP_MS_MAX = 600_000;

type Due = { readonly question: CanaryQuestion; readonly timer: ReturnType<typeof setTimeout> };

/** Mixes canaries among a client's sealed tasks, one at a time, and judges what came back. */
export class CanaryDesk implements Canaries {
  readonly #parts: CanaryDeskParts;
  readonly #texts: readonly string[];
  #book: Promise<CanaryBook> | undefined;
  #due: Due | undefined;
  #asking: Promise<void> | undefined;
  #unsaved: { readonly cause: unknown } | undefined;

  constructor(parts: CanaryDeskParts) {
    const { rate = RATE, texts = CANARY_TEXTS } = parts.options;
    if (!(rate >= 0 && rate <= 1) || !texts.some((text) => text !== "")) {
      throw new SdkError({ code: "SDK_SEALED_UNSUPPORTED", option: "canaries" });
    }
    this.#parts = parts;
    this.#texts = texts;
  }

  async miners(): Promise<readonly MinerStanding[]> {
    const book = await this.#read();
    if (this.#unsaved !== undefined) throw this.#unsaved.cause;
    return standings(book);
  }

  /** Whom no ask of this client is to be given to. */
  async avoided(): Promise<readonly Address[]> {
    return avoidedMiners(await this.#read());
  }

  /** A real task was asked: it gives a shape, and may make a canary due. */
  async taskAsked(task: {
    readonly model: string;
    readonly prompt: Prompt;
    readonly maxTokens: number;
  }): Promise<void> {
    const { options, nowMs } = this.#parts;
    const { model, prompt, maxTokens } = task;
    const book = await this.#change((now) => bookTask(now, { promptBytes: bytesOf(prompt), maxTokens }, nowMs()));
    const secret = hexToBytes(book.secret);
    const place = { session: book.session, seq: book.seq };
    if (this.#due !== undefined || this.#asking !== undefined) return;
    if (!isCanaryDue(secret, { ...place, rate: options.rate ?? RATE })) return;
    const shape = canaryShape(secret, place, book.shapes);
    if (shape === undefined) return;
    const question = await this.#question(book, { place, model, kind: prompt.kind, shape });
    if (question === undefined) return;
    const timer = setTimeout(() => void this.settle(), Math.min(shape.gapMs, GAP_MS_MAX));
    // A client that is done doesn't wait for its canaries.
    if (typeof timer === "object") timer.unref();
    this.#due = { question, timer };
  }

  async settle(): Promise<void> {
    const due = this.#due;
    if (due !== undefined) {
      clearTimeout(due.timer);
      this.#due = undefined;
      this.#asking = this.#ask(due.question).finally(() => {
        this.#asking = undefined;
      });
    }
    await this.#asking;
  }

  async #question(
    book: CanaryBook,
    of: {
      readonly place: CanaryPlace;
      readonly model: string;
      readonly kind: Prompt["kind"];
      readonly shape: { readonly promptBytes: number; readonly maxTokens: number };
    },
  ): Promise<CanaryQuestion | undefined> {
    const { place, model, kind, shape } = of;
    const secret = hexToBytes(book.secret);
    const open = openQuestion(book, { model, pick: canaryPick(secret, place) });
    if (open !== undefined) return open;
    const asked = askedPrompts(book, model);
    const prompt = canaryPrompt(secret, place, { texts: this.#texts, bytes: shape.promptBytes, asked });
    if (prompt === undefined || prompt === "") return undefined;
    const question = { model, kind, prompt, maxTokens: shape.maxTokens };
    return (await this.#change((now) => bookQuestion(now, question))).questions.at(-1);
  }

  /** A canary that fails says nothing of its miner: routers and miners fail honestly too. */
  async #ask({ number, model, kind, prompt, maxTokens, answers }: CanaryQuestion): Promise<void> {
    const { ask, ownerOf } = this.#parts;
    const asked: Prompt =
      kind === "text" ? { kind, text: prompt } : { kind, messages: [{ role: "user", content: prompt }] };
    const avoid = [...new Set(answers.map(({ miner }) => miner))];
    const answer = await ask(asked, { model, maxTokens, avoid }).catch(() => undefined);
    if (answer === undefined) {
      await this.#change((book) => bookFailure(book, number));
      return;
    }
    const { taskId, miner, kernelClass, ids } = answer;
    const owner = await ownerOf(miner).catch(() => undefined);
    if (owner === undefined) return;
    const said = { taskId, miner, owner, kernelClass, tokensHash: hashCanaryAnswer(ids) };
    await this.#change((book) => bookAnswer(book, number, said));
  }

  #read(): Promise<CanaryBook> {
    this.#book ??= this.#open();
    return this.#book;
  }

  async #open(): Promise<CanaryBook> {
    const { options, randomBytes } = this.#parts;
    const text = await options.store?.load();
    if (text === undefined) {
      return emptyCanaryBook({ secret: bytesToHex(randomBytes(32)), session: bytesToHex(randomBytes(32)) });
    }
    const read = canaryBookSchema.safeParse(parseJson(text, "canaries"));
    if (!read.success) throw new SdkError({ code: "SDK_BAD_ANSWER", url: "canaries", problem: "another form" });
    return read.data;
  }

  /** One change after another, each on the disk before the next. What can't be written fails no ask: whoever looks at the book is told. */
  #change(change: (book: CanaryBook) => CanaryBook): Promise<CanaryBook> {
    const { store } = this.#parts.options;
    this.#book = this.#read().then(async (book) => {
      const next = change(book);
      this.#unsaved = await store?.save(`${JSON.stringify(next)}\n`).then(
        () => undefined,
        (cause: unknown) => ({ cause }),
      );
      return next;
    });
    return this.#book;
  }
}

function bytesOf(prompt: Prompt): number {
  const texts = prompt.kind === "text" ? [prompt.text] : prompt.messages.map(({ content }) => content);
  return texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length, 0);
}
