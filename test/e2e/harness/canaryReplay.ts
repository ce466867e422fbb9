import { type Engine, embeddedModels, type GenerateJob, halfPrompt, startLlamaEngine } from "@cortensor/engine";
import { addressField, type Bytes32, bytes32Field, hashCanaryAnswer, type Prompt } from "@cortensor/protocol";
import { z } from "zod";

/** Longer than any canary here with its answer. */
const CONTEXT_TOKENS = 512;
/** A greedy answer has no seed. */
const SEED: Bytes32 = `0x${"00".repeat(32)}`;

const bookSchema = z.object({
  questions: z.array(
    z.object({
      kind: z.enum(["chat", "text"]),
      prompt: z.string(),
      maxTokens: z.int(),
      answers: z.array(
        z.object({ miner: addressField, tokensHash: bytes32Field }).transform(({ miner, tokensHash }) => ({
          miner,
          hash: tokensHash,
        })),
      ),
    }),
  ),
});
type Question = z.output<typeof bookSchema>["questions"][number];

/** A question of a client's book of canaries, and what the model itself answers to its prompt, and to half of that. */
export type AskedCanary = Pick<Question, "prompt" | "answers"> & { readonly whole: Bytes32; readonly half: Bytes32 };

export type CanaryReplay = {
  /** Every question of a book, answered again here. */
  read(book: string): Promise<readonly AskedCanary[]>;
  close(): Promise<void>;
};

/** The embedded model in this process's own engine: of the kernel class of every miner on this machine. */
export async function openCanaryReplay(): Promise<CanaryReplay> {
  const { chat } = await embeddedModels();
  const engine = await startLlamaEngine({ modelPath: chat.path, model: chat.model, contextTokens: CONTEXT_TOKENS });
  return {
    async read(book) {
      const asked: AskedCanary[] = [];
      for (const { prompt, answers, ...question } of bookSchema.parse(JSON.parse(book)).questions)
        asked.push({ prompt, answers, ...(await answersOf(engine, { prompt, ...question })) });
      return asked;
    },
    close: () => engine.close(),
  };
}

async function answersOf(engine: Engine, { kind, prompt, maxTokens }: Omit<Question, "answers">) {
  const asked: Prompt =
    kind === "text" ? { kind, text: prompt } : { kind, messages: [{ role: "user", content: prompt }] };
  const greedy = { temperature: 0, topK: 40, topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0 };
  const job = {
    promptTokens: await engine.tokenizePrompt(asked),
    params: { ...greedy, logitBias: {}, stop: [], maxTokens },
    seed: SEED,
  };
  const answer = async (one: GenerateJob) => {
    const ids: number[] = [];
    for await (const event of engine.generate(one)) if (event.kind === "token") ids.push(event.id);
    return hashCanaryAnswer(ids);
  };
  return { whole: await answer(job), half: await answer(halfPrompt(job)) };
}
