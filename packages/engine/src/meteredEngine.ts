import type { Engine } from "./engine.js";
import type { OnUse } from "./engineUse.js";

/** The same engine, that tells what each generation and each scoring cost. Embeddings aren't counted, nor is what an engine can't tell: a server by HTTP. */
export function meteredEngine(engine: Engine, onUse: OnUse): Engine {
  return {
    describe: () => engine.describe(),
    tokenizePrompt: (prompt) => engine.tokenizePrompt(prompt),
    generate: (job) => engine.generate({ ...job, onUse }),
    score: (job) => engine.score({ ...job, onUse }),
    spell: (tokens) => engine.spell(tokens),
    embed: (texts, signal) => engine.embed(texts, signal),
    close: () => engine.close(),
  };
}
