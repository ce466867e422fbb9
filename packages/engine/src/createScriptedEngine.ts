import { keccak256, type Prompt, sha256Bytes, utf8ToBytes } from "@cortensor/protocol";
import { type Clock, systemClock } from "@cortensor/runtime";
import type { Engine, EngineDescription, ScoreJob, TokenScore } from "./engine.js";
import { EngineError } from "./engineError.js";
import { generateInSlot } from "./generateInSlot.js";
import { checkJob, generateTokens } from "./generateTokens.js";
import { kernelClassOf } from "./kernelClass.js";
import { decodePromptPieces, encodePieces, encodePromptPieces, PIECE_VOCABULARY } from "./pieceTokens.js";
import { checkScoreJob, ScorePlan } from "./scorePlan.js";
import { createScriptedSequence, type Pace, scriptedLogits } from "./scriptedSequence.js";
import { Slots } from "./slots.js";
import { spellTokens } from "./spellTokens.js";

/** Many: a scripted engine stands in for a whole data centre in benches. */
const SLOTS_DEFAULT = 1_024;
const WAITING_MAX = 65_536;
const CONTEXT_TOKENS_DEFAULT = 32_768;
/** What `describe` says of an unpaced engine. */
const SPEED_UNPACED = 100_000;
const VECTOR_LENGTH = 64;

/** What a scripted engine says, how fast, and how it presents itself. */
export type EngineScript = {
  /** Name clients use. Default `scripted`. */
  readonly model?: string;
  /** The answer at temperature 0: a pure function of the prompt. Default: the last message, said back. */
  readonly reply?: (prompt: Prompt) => string;
  /** Output tokens a second of one sequence. Absent: as fast as possible. */
  readonly tokensPerSecond?: number;
  /** Each token in a turn of the event loop of its own, as they come from a real engine. Default: all at once. */
  readonly inTurns?: boolean;
  /** Paces the tokens. Default: the machine's own. */
  readonly clock?: Clock;
  readonly contextTokens?: number;
  readonly slots?: number;
};

/** An engine without a model, for benches and for tests of what stands around engines. Its tokens spell three bytes each. */
export function createScriptedEngine(script: EngineScript = {}): Engine {
  const { reply = sayBack, contextTokens = CONTEXT_TOKENS_DEFAULT, slots: slotCount = SLOTS_DEFAULT } = script;
  const description = describeScript(script, { contextTokens, slots: slotCount });
  const slots = new Slots(
    Array.from({ length: slotCount }, (_, slot) => slot),
    WAITING_MAX,
  );
  const vocabulary = PIECE_VOCABULARY;
  let isClosed = false;
  const checkOpen = (): void => {
    if (isClosed) throw new EngineError({ code: "ENGINE_CLOSED" });
  };
  return {
    describe: () => description,
    tokenizePrompt: async (prompt) => encodePromptPieces(prompt),
    generate: (job) => {
      checkOpen();
      checkJob({ vocabulary, contextTokens }, job);
      const text = reply(decodePromptPieces(job.promptTokens));
      const run = (): ReturnType<typeof generateTokens> => {
        const sequence = createScriptedSequence(text, paceOf(script, job.signal));
        return generateTokens({ sequence, vocabulary, contextTokens }, job);
      };
      return generateInSlot({ slots, run }, job.signal);
    },
    score: async (job) => {
      checkOpen();
      checkScoreJob({ vocabulary, contextTokens }, job);
      return scoreScript(reply(decodePromptPieces(job.promptTokens)), job);
    },
    spell: async (tokens) => {
      checkOpen();
      return spellTokens(vocabulary, tokens);
    },
    embed: async (texts) => {
      checkOpen();
      const tokens = texts.reduce((sum, text) => sum + encodePieces(text).length, 0);
      return { vectors: texts.map(embedWords), tokens };
    },
    close: async () => {
      isClosed = true;
    },
  };
}

function describeScript(
  { model = "scripted", tokensPerSecond = SPEED_UNPACED }: EngineScript,
  sizes: { readonly contextTokens: number; readonly slots: number },
): EngineDescription {
  const kernel = {
    engineVersion: "scripted-1",
    binaryHash: "",
    backend: "script",
    isaLevel: "any",
    kvType: "none",
    stepShape: "1",
  };
  return {
    kind: "scripted",
    model,
    modelId: keccak256(utf8ToBytes(`scripted:${model}`)),
    quantisation: "none",
    ...sizes,
    vocabularyTokens: PIECE_VOCABULARY.tokens,
    kernelClass: kernelClassOf(kernel),
    canScore: true,
    canEmbed: true,
    tokensPerSecond,
  };
}

function sayBack(prompt: Prompt): string {
  const text = prompt.kind === "text" ? prompt.text : (prompt.messages.at(-1)?.content ?? "");
  return `You said: ${text}`;
}

/** Token `n` is due `n + 1` intervals after the start, so that delays don't add up. */
function paceOf(script: EngineScript, signal: AbortSignal | undefined): Pace {
  const { tokensPerSecond, inTurns = false, clock = systemClock } = script;
  if (tokensPerSecond === undefined) return inTurns ? nextTurn : () => undefined;
  const startMs = clock.nowMs();
  return (position) => {
    const waitMs = startMs + ((position + 1) * 1_000) / tokensPerSecond - clock.nowMs();
    return waitMs <= 0 ? undefined : sleepUnlessAborted({ clock, waitMs }, signal);
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** An aborted sleep is over at once: the generation then sees the signal itself. */
async function sleepUnlessAborted(
  { clock, waitMs }: { readonly clock: Clock; readonly waitMs: number },
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await clock.sleep(waitMs, signal);
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

function scoreScript(text: string, job: ScoreJob): readonly TokenScore[] {
  const script = encodePieces(text);
  const plan = new ScorePlan(job);
  return job.outputTokens.flatMap((_, position) => {
    const score = plan.take(position < (job.from ?? 0) ? undefined : scriptedLogits(script, position));
    return score === undefined ? [] : [score];
  });
}

/** Each word adds one to two places of the vector: texts with the same words are near. */
function embedWords(text: string): Float32Array {
  const vector = new Float32Array(VECTOR_LENGTH);
  vector[0] = 0.01;
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const [first = 0, second = 0] = sha256Bytes(utf8ToBytes(word));
    for (const place of [first % VECTOR_LENGTH, second % VECTOR_LENGTH]) vector[place] = (vector[place] ?? 0) + 1;
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
