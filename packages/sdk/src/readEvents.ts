import { createParser, type EventSourceMessage } from "eventsource-parser";
import type { OpenAnswer } from "./http.js";
import { readBytes } from "./readBytes.js";

/** Server-sent events of an open answer, in order, until it ends. Closes the answer however the reader leaves. */
export async function* readEvents(answer: OpenAnswer): AsyncGenerator<EventSourceMessage, void, undefined> {
  const ready: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => ready.push(event) });
  const decoder = new TextDecoder();
  for await (const bytes of readBytes(answer)) {
    parser.feed(decoder.decode(bytes, { stream: true }));
    yield* ready.splice(0);
  }
}
