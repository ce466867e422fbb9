import { embeddedModels, startLlamaEngine } from "@cortensor/engine";
import { paramsHash, samplerSeed, userSeedSource } from "@cortensor/protocol";

const CONTEXT_TOKENS = 1_024;
/** The API's defaults for what the bench doesn't say. */
const REST = { topK: 40, topP: 1, minP: 0, presencePenalty: 0, frequencyPenalty: 0, logitBias: {}, stop: [] };

/** The embedded model here, which makes any question's honest answer: at temperature 0, or with the client's own seed. */
export async function startHonest() {
  const { chat } = await embeddedModels();
  const engine = await startLlamaEngine({ modelPath: chat.path, model: chat.model, contextTokens: CONTEXT_TOKENS });
  const { modelId } = engine.describe();
  return {
    close: () => engine.close(),
    /** What the network must say; each copy's seed is its own, so one copy alone is known at other temperatures than 0. */
    textOf: async (question, { maxTokens, temperature, seed }) => {
      const params = { ...REST, temperature, maxTokens, userSeed: BigInt(seed) };
      const promptTokens = await engine.tokenizePrompt({
        kind: "chat",
        messages: [{ role: "user", content: question }],
      });
      const source = userSeedSource({
        modelId,
        promptTokens,
        paramsHash: paramsHash(params),
        userSeed: params.userSeed,
      });
      let text = "";
      for await (const event of engine.generate({ promptTokens, params, seed: samplerSeed(source, 0) })) {
        if (event.kind !== "committedMismatch") text += event.text;
      }
      return text;
    },
  };
}
