import type { Bytes32, Checkpoint } from "@cortensor/protocol";
import type { FromMiner, StreamMessage } from "@cortensor/wire";
import { checkResult } from "./checkResult.js";
import type { BadFrame, Came, CheckedEnd, ExpectedSegment, SegmentFrames } from "./segment.js";
import type { TokenLog } from "./tokenLog.js";

type TokensMessage = Extract<FromMiner, { kind: "tokens" }>;
type VectorsMessage = Extract<FromMiner, { kind: "vectors" }>;

export type OpenFramesParts = {
  /** The task's tokens, of every miner that works on it. */
  readonly tokens: TokenLog;
  readonly maxOut: number;
  readonly onTokens: (message: Pick<TokensMessage, "text" | "ids" | "cuts" | "logprobs">) => void;
  readonly onVectors?: (message: VectorsMessage) => void;
  /** Bytes that `outCommit` covers, when it isn't the text: the vectors of an embedding. */
  readonly outputBytes?: () => Uint8Array;
};

/** An answer whose words the router reads, and so counts and hashes itself. */
export class OpenFrames implements SegmentFrames {
  readonly #parts: OpenFramesParts;
  #text = "";
  #hasBegun = false;

  constructor(parts: OpenFramesParts) {
    this.#parts = parts;
  }

  get position(): number {
    return this.#parts.tokens.length;
  }

  rootAt(position: number): Bytes32 | undefined {
    return this.#parts.tokens.rootAt(position);
  }

  take(message: StreamMessage): Came {
    if (message.kind === "tokens") return this.#takeTokens(message);
    return message.kind === "vectors" ? this.#takeVectors(message) : { kind: "bad", reason: "badOrder" };
  }

  fits({ position, tokenRoot }: Checkpoint): boolean {
    return this.rootAt(position) === tokenRoot;
  }

  check(message: StreamMessage, expected: ExpectedSegment): CheckedEnd {
    const { tokens, outputBytes } = this.#parts;
    if (message.kind !== "result") return { kind: "bad", reason: "badOrder" };
    const output = outputBytes?.();
    const verdict = checkResult(message, {
      ...expected,
      tokens: tokens.length,
      tokenRoot: tokens.rootAt(tokens.length) ?? "0x",
      text: this.#text,
      ...(output === undefined ? {} : { output }),
    });
    return verdict.kind === "bad" ? verdict : { kind: "good", message };
  }

  #takeTokens(message: TokensMessage): Came {
    const { tokens, onTokens } = this.#parts;
    const reason = this.#badTokens(message);
    if (reason !== undefined) return { kind: "bad", reason };
    this.#hasBegun = true;
    tokens.push(message.ids);
    this.#text += message.text;
    return { kind: "tokens", count: message.ids.length, deliver: () => onTokens(message) };
  }

  #badTokens({ from, ids, text, cuts }: TokensMessage): BadFrame | undefined {
    const { tokens, maxOut } = this.#parts;
    if (from !== tokens.length) return "badPosition";
    if (cuts !== undefined && !areCutsOf(cuts, { ids, text })) return "badCuts";
    return tokens.length + ids.length > maxOut ? "tooManyTokens" : undefined;
  }

  #takeVectors(message: VectorsMessage): Came {
    const { onVectors } = this.#parts;
    if (this.#hasBegun || onVectors === undefined) return { kind: "bad", reason: "badOrder" };
    this.#hasBegun = true;
    return { kind: "output", deliver: () => onVectors(message) };
  }
}

/** One length for each id, and together the text's. */
function areCutsOf(cuts: readonly number[], { ids, text }: Pick<TokensMessage, "ids" | "text">): boolean {
  if (cuts.length !== ids.length) return false;
  let sum = 0;
  for (const cut of cuts) sum += cut;
  return sum === text.length;
}
