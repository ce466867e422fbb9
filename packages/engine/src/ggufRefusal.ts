import { EngineError } from "./engineError.js";

/** Refuses a model file that breaks the format. */
export function refuseGguf(why: string, cause?: unknown): never {
  throw new EngineError({ code: "ENGINE_MODEL_MALFORMED", why }, cause === undefined ? {} : { cause });
}

/** Refuses a model file that ends too early. */
export function refuseTruncatedGguf(data: { readonly neededBytes: number; readonly fileBytes: number }): never {
  throw new EngineError({ code: "ENGINE_MODEL_TRUNCATED", ...data });
}
