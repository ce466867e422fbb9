import { StopScanner } from "./stopScanner.js";

/** Where an answer ends, as a pure function of the task and its tokens. */
export type Ending =
  | { readonly kind: "unfinished" }
  | {
      readonly kind: "finished";
      readonly finish: "stop" | "length";
      /** Output tokens, the one that ended the answer included: all are counted and paid. */
      readonly tokens: number;
      /** The answer: without the stop text, without the end token's own text. */
      readonly text: string;
    };

/** What ends a task's answer. */
export type FinishRule = {
  readonly stop: readonly string[];
  /** Most output tokens: the least of the request's, the task's and what the context leaves. */
  readonly maxOut: number;
  /** Whether the model ends its answer by this token. */
  readonly isEnd: (id: number) => boolean;
};

/** What just happened at one token, for `finishAfter`. */
export type TokenOutcome = { readonly id: number; readonly outputTokens: number; readonly isStopped: boolean };

/** The rule, one token at a time: the end token and a stop text come before the length. Undefined: go on. */
export function finishAfter(
  rule: Pick<FinishRule, "maxOut" | "isEnd">,
  token: TokenOutcome,
): "stop" | "length" | undefined {
  if (token.isStopped || rule.isEnd(token.id)) return "stop";
  return token.outputTokens >= rule.maxOut ? "length" : undefined;
}

/** The rule over a whole sequence: where a checker would have ended it. */
export function finishOf(
  rule: FinishRule,
  output: { readonly tokens: readonly number[]; readonly bytesOf: (id: number) => Uint8Array },
): Ending {
  const scanner = new StopScanner(rule.stop);
  let text = "";
  for (const [index, id] of output.tokens.entries()) {
    if (!rule.isEnd(id)) text += scanner.push(output.bytesOf(id)).text;
    const finish = finishAfter(rule, { id, outputTokens: index + 1, isStopped: scanner.isStopped });
    if (finish === undefined) continue;
    return { kind: "finished", finish, tokens: index + 1, text: text + scanner.finish() };
  }
  return { kind: "unfinished" };
}
