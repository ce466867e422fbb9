import type { ModelCandidate } from "./chooseModelFit.js";
import { readGgufHeader } from "./readGgufHeader.js";

/** A model file as `chooseModelFit` weighs it. */
export async function readModelCandidate(path: string): Promise<ModelCandidate & { readonly path: string }> {
  const { quantisation, fileBytes, kvBytesPerToken, contextTokens } = await readGgufHeader(path);
  return { path, quantisation, fileBytes, kvBytesPerToken, contextTokensMax: contextTokens };
}
