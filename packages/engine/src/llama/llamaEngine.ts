import type { Bytes32 } from "@cortensor/protocol";
import type { Engine, EngineDescription, ScoreJob, TokenScore } from "../engine.js";
import { EngineError } from "../engineError.js";
import { generateInSlot } from "../generateInSlot.js";
import { checkJob, generateTokens } from "../generateTokens.js";
import { type KernelParts, kernelClassOf } from "../kernelClass.js";
import { checkScoreJob } from "../scorePlan.js";
import { Slots } from "../slots.js";
import { spellTokens } from "../spellTokens.js";
import type { Vocabulary } from "../tokenModel.js";
import { prefilledTokens, warmPrefills } from "../warmPrefix.js";
import { createLlamaEmbedder } from "./llamaEmbedder.js";
import type { LlamaChildOptions } from "./llamaOptions.js";
import { createLlamaSequence } from "./llamaSequence.js";
import { type LlamaSlot, openSlot } from "./llamaSlot.js";
import { describeLoadedKernel } from "./loadedKernel.js";
import { type LoadedLlama, loadLlama } from "./loadLlama.js";
import { measureSpeed } from "./measureSpeed.js";
import { meteredEvents } from "./meteredEvents.js";
import { createPromptTokenizer, isPlainChatml } from "./promptTokenizer.js";
import { scoreBatchTokens, scoreTokens } from "./scoreTokens.js";
import { Turn } from "./turn.js";
import { type TakeTurn, TurnMeter } from "./turnMeter.js";

/** Jobs that may wait for a slot. A miner queues in its own books; this only bounds mistakes. */
const WAITING_MAX = 64;

/** The engine as it runs inside its own process: one model, one context, several sequences that take turns. */
export async function createLlamaEngine(options: LlamaChildOptions): Promise<Engine> {
  const loaded = await loadLlama(options);
  const { model, llama, vocabulary, chatTemplate } = loaded;
  const { contextTokens } = options;
  const batchTokens = scoreBatchTokens(options.gpu);
  const turn = new Turn();
  const all = loaded.sequences.map(openSlot);
  const slots = new Slots(all, WAITING_MAX);
  const open = (slot: LlamaSlot, own: TakeTurn = turn): ReturnType<typeof createLlamaSequence> =>
    createLlamaSequence(slot, own, vocabulary.tokens);
  const tokenizePrompt = createPromptTokenizer(model, chatTemplate);
  const isChatml = isPlainChatml(chatTemplate);
  const embed = createLlamaEmbedder({ llama, chatModel: model, isChatml, options, turn });
  const [first] = all;
  if (first === undefined) throw new EngineError({ code: "ENGINE_START_FAILED", reason: "no sequence" });
  const kernel = await describeLoadedKernel(llama, options.gpu);
  const tokensPerSecond = await measureSpeed(open(first), tokenizePrompt({ kind: "text", text: "a" }));
  const meter = new TurnMeter(turn);
  const description = describe({ options, loaded, kernel, tokensPerSecond });
  return {
    describe: () => description,
    tokenizePrompt: async (prompt) => tokenizePrompt(prompt),
    generate: (job) => {
      checkJob({ vocabulary, contextTokens }, job);
      const { promptTokens, warmTag: tag, signal, onUse } = job;
      const own = meter.open();
      const run = (slot: LlamaSlot): ReturnType<typeof generateTokens> =>
        generateTokens({ sequence: open(slot, own), vocabulary, contextTokens }, job);
      const rank = ({ kept }: LlamaSlot): number => prefilledTokens(warmPrefills(kept, { tag, promptTokens }));
      return meteredEvents(generateInSlot({ slots, run, rank }, signal), { turn: own, onUse });
    },
    score: (job) => scoreInSlot({ slots, meter, vocabulary, contextTokens, batchTokens }, job),
    spell: async (tokens) => spellTokens(vocabulary, tokens),
    embed,
    close: () => llama.dispose(),
  };
}

type ScoreParts = {
  readonly slots: Slots<LlamaSlot>;
  readonly meter: TurnMeter;
  readonly vocabulary: Vocabulary;
  readonly contextTokens: number;
  readonly batchTokens: number;
};

async function scoreInSlot(parts: ScoreParts, job: ScoreJob): Promise<readonly TokenScore[]> {
  checkScoreJob(parts, job);
  const slot = await parts.slots.acquire({ signal: job.signal });
  try {
    const { meter, vocabulary, batchTokens } = parts;
    const turn = meter.open();
    const scores = await scoreTokens({ slot, turn, vocabularyTokens: vocabulary.tokens, batchTokens }, job);
    job.onUse?.(turn.used());
    return scores;
  } finally {
    parts.slots.release(slot);
  }
}

function describe(parts: {
  readonly options: LlamaChildOptions;
  readonly loaded: LoadedLlama;
  readonly kernel: KernelParts;
  readonly tokensPerSecond: number;
}): EngineDescription {
  const { options, loaded, kernel, tokensPerSecond } = parts;
  return {
    kind: "llama",
    model: options.model,
    modelId: options.modelId as Bytes32,
    quantisation: loaded.quantisation,
    contextTokens: options.contextTokens,
    vocabularyTokens: loaded.vocabulary.tokens,
    slots: options.slots,
    kernelClass: kernelClassOf(kernel),
    kernel,
    canScore: true,
    canEmbed: true,
    tokensPerSecond,
  };
}
