import type { OpenAnswer } from "./http.js";
import { SdkError } from "./sdkError.js";

/** Bytes of an open answer, in order, until it ends. Closes the answer however the reader leaves. */
export async function* readBytes(answer: OpenAnswer): AsyncGenerator<Uint8Array, void, undefined> {
  const { body } = answer.response;
  if (body === null) throw new SdkError({ code: "SDK_BAD_ANSWER", url: answer.url, problem: "no body" });
  const reader = body.getReader();
  let isWhole = false;
  try {
    for (;;) {
      const step = await reader.read();
      isWhole = step.done;
      if (step.done) return;
      answer.touch();
      yield step.value;
    }
  } catch (error) {
    throw answer.explain(error);
  } finally {
    if (isWhole) answer.finish();
    else answer.close();
  }
}
