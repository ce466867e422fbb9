import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "../bytes.js";
import { ByteWriter } from "../byteWriter.js";
import { assert } from "../errors.js";
import type { Bytes32 } from "../primitives.js";

/** Shapes of a session's latest tasks, from which canaries take theirs. */
export const CANARY_SHAPES_MAX = 256;
/** Fewer real tasks than this give no shape to hide in: until then none is sent. */
export const CANARY_SHAPES_MIN = 16;

/** What an onlooker sees of a task, the miner apart: how large it is, how much it may answer, how long after the one before it came. */
export type TaskShape = { readonly promptBytes: number; readonly maxTokens: number; readonly gapMs: number };

/** A session's own secret: 32 bytes that the client drew. Whoever hasn't it can't tell which of its tasks are canaries. */
export type CanarySecret = Uint8Array;

/** Whether the session's next task is a canary, at a rate of 0 to 1. Whoever knows the rate and every task before knows no more. */
export function isCanaryDue(
  secret: CanarySecret,
  { session, seq, rate }: CanaryPlace & { readonly rate: number },
): boolean {
  assert(rate >= 0 && rate <= 1, "a rate is 0 to 1");
  return draw(secret, { session, seq }, "due") < rate;
}

export type CanaryPlace = { readonly session: Bytes32; readonly seq: number };

/** A canary's shape: size and answer of one of the latest real tasks, gap of another, each drawn evenly. Undefined while there are too few. */
export function canaryShape(
  secret: CanarySecret,
  place: CanaryPlace,
  recent: readonly TaskShape[],
): TaskShape | undefined {
  const shapes = recent.slice(-CANARY_SHAPES_MAX);
  if (shapes.length < CANARY_SHAPES_MIN) return undefined;
  const size = shapes[Math.floor(draw(secret, place, "size") * shapes.length)];
  const gap = shapes[Math.floor(draw(secret, place, "gap") * shapes.length)];
  return size && gap && { promptBytes: size.promptBytes, maxTokens: size.maxTokens, gapMs: gap.gapMs };
}

/**
 * A canary's prompt of exactly so many bytes, from texts such as the client's own tasks have: the one drawn, gone on with the next where it is too short,
 * cut at a character's edge where it is too long and filled up with spaces. None that was asked already: what the same question shows again is known. The
 * next text begins it then; where all have, one from its second word on, and so on. Undefined where every prompt of that size was asked. What the texts say
 * is what a miner reads: only who gives texts like its own hides among them.
 */
export function canaryPrompt(
  secret: CanarySecret,
  place: CanaryPlace,
  {
    texts,
    bytes,
    asked,
  }: { readonly texts: readonly string[]; readonly bytes: number; readonly asked: ReadonlySet<string> },
): string | undefined {
  const usable = texts.filter((text) => text !== "");
  assert(usable.length > 0, "canaries are made of texts");
  const first = Math.floor(draw(secret, place, "text") * usable.length);
  for (const beginning of beginningsOf(usable, first)) {
    const prompt = promptFrom(usable, beginning, bytes);
    if (!asked.has(prompt)) return prompt;
  }
  return undefined;
}

/** Where in the texts a prompt may begin: a text, and a character of it. */
type Beginning = { readonly text: number; readonly from: number };

/** Every text's own beginning, the first one's first; then their second words, and so on. */
function* beginningsOf(texts: readonly string[], first: number): Generator<Beginning, void, undefined> {
  let left = texts.map((_, at) => ({ text: (first + at) % texts.length, from: 0 }));
  while (left.length > 0) {
    yield* left;
    left = left.flatMap(({ text, from }) => {
      const gap = /\s+(?=\S)/.exec(texts[text]?.slice(from + 1) ?? "");
      return gap === null ? [] : [{ text, from: from + 1 + gap.index + gap[0].length }];
    });
  }
}

function promptFrom(texts: readonly string[], { text, from }: Beginning, bytes: number): string {
  let prompt = "";
  let length = 0;
  for (let at = text; length < bytes; at += 1) {
    const piece = at === text ? texts[at]?.slice(from) : `\n${texts[at % texts.length]}`;
    for (const character of piece ?? "") {
      const size = utf8ToBytes(character).length;
      if (length + size > bytes) return prompt + " ".repeat(bytes - length);
      prompt += character;
      length += size;
    }
  }
  return prompt;
}

/** Uniform in [0, 1): which of several open questions a canary asks. */
export function canaryPick(secret: CanarySecret, place: CanaryPlace): number {
  return draw(secret, place, "pick");
}

/** Uniform in [0, 1), of 48 bits: HMAC-SHA256(secret, "canary-v1" ‖ what ‖ session ‖ seq u64). */
function draw(
  secret: CanarySecret,
  { session, seq }: CanaryPlace,
  what: "due" | "size" | "gap" | "text" | "pick",
): number {
  const message = new ByteWriter().tag(`canary-v1 ${what}`).hex(session, 32).uint("seq", seq, 8).toBytes();
  const mac = hmac(sha256, secret, message);
  return (
    new DataView(mac.buffer, mac.byteOffset).getUint32(0) / 2 ** 32 +
    new DataView(mac.buffer, mac.byteOffset).getUint16(4) / 2 ** 48
  );
}
