import { createParser, type EventSourceMessage } from "eventsource-parser";
import type { OpenAnswer } from "./http.js";
import { SdkError } from "./sdkError.js";

/** Server-sent events of an open answer, in order, until it ends. Closes the answer however the reader leaves. */
export async function* readEvents(answer: OpenAnswer): AsyncGenerator<EventSourceMessage, void, undefined> {
  const { body } = answer.response;
  if (body === null) throw new SdkError({ code: "SDK_BAD_ANSWER", url: answer.url, problem: "no body" });
  const ready: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => ready.push(event) });
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let isWhole = false;
  try {
    for (;;) {
      const step = await reader.read();
      isWhole = step.done;
      if (step.done) return;
      answer.touch();
      parser.feed(decoder.decode(step.value, { stream: true }));
      yield* ready.splice(0);
    }
  } catch (error) {
    throw answer.explain(error);
  } finally {
    if (isWhole) answer.finish();
    else answer.close();
  }
}
