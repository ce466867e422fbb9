import type { TokenSpelling } from "./engine.js";
import { EngineError } from "./engineError.js";
import type { Vocabulary } from "./tokenModel.js";

/** @throws CodedError ENGINE_BAD_JOB */
export function spellTokens(vocabulary: Vocabulary, tokens: readonly number[]): readonly TokenSpelling[] {
  return tokens.map((id) => {
    if (!Number.isInteger(id) || id < 0 || id >= vocabulary.tokens) {
      throw new EngineError({ code: "ENGINE_BAD_JOB", reason: "a token is not in the vocabulary" });
    }
    return { bytes: vocabulary.bytesOf(id), isEnd: vocabulary.isEnd(id) };
  });
}
