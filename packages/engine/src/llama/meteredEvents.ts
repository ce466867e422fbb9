import type { GenerateEvent } from "../engine.js";
import type { OnUse } from "../engineUse.js";
import type { MeteredTurn } from "./turnMeter.js";

/** A generation's events, and what it cost before the last of them. */
export async function* meteredEvents(
  events: AsyncIterable<GenerateEvent>,
  { turn, onUse }: { readonly turn: MeteredTurn; readonly onUse: OnUse | undefined },
): AsyncGenerator<GenerateEvent, void> {
  let isTold = false;
  const tell = (): void => {
    if (!isTold) onUse?.(turn.used());
    isTold = true;
  };
  try {
    for await (const event of events) {
      if (event.kind === "end") tell();
      yield event;
    }
  } finally {
    tell();
  }
}
