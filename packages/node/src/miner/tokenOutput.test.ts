import { createManualClock } from "@cortensor/runtime";
import type { LinkStream, StreamMessage } from "@cortensor/wire";
import { describe, expect, it } from "vitest";
import { TokenOutput } from "./tokenOutput.js";
import { TOKEN_FRAME_MS, TokenPacer } from "./tokenPacer.js";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const aToken = (id: number) => ({ id, text: `t${id}`, logprob: -1 });

function aStream() {
  const sent: StreamMessage[] = [];
  const stream: LinkStream = {
    id: 1,
    send: (message) => sent.push(message) > 0,
    onMessage: () => undefined,
    end: () => undefined,
    ended: new Promise(() => undefined),
  };
  const ids = () => sent.flatMap((message) => (message.kind === "tokens" ? [message.ids] : []));
  return { stream, sent, ids };
}

describe("a task's tokens", () => {
  it("leave at once when they come slowly, and in rounds when they come fast", async () => {
    const clock = createManualClock();
    const pacer = new TokenPacer(clock);
    const { stream, ids } = aStream();
    const output = new TokenOutput(stream, { from: 0, pacer });
    output.push(aToken(1));
    await turn();
    expect(ids()).toEqual([[1]]);
    output.push(aToken(2));
    await turn();
    expect(ids()).toEqual([[1], [2]]);
    output.push(aToken(3));
    await turn();
    output.push(aToken(4));
    await turn();
    expect(ids()).toHaveLength(2);
    await clock.advance(TOKEN_FRAME_MS);
    expect(ids()).toEqual([[1], [2], [3, 4]]);
  });

  it("of another task wait for no round with the first of them", async () => {
    const clock = createManualClock();
    const pacer = new TokenPacer(clock);
    const busy = aStream();
    const first = new TokenOutput(busy.stream, { from: 0, pacer });
    for (const id of [1, 2, 3]) {
      first.push(aToken(id));
      await turn();
    }
    const fresh = aStream();
    new TokenOutput(fresh.stream, { from: 0, pacer }).push(aToken(9));
    await turn();
    expect(fresh.ids()).toEqual([[9]]);
    expect(busy.ids()).toEqual([[1], [2]]);
  });

  it("that wait leave before whatever is said next, once and in order", async () => {
    const clock = createManualClock();
    const pacer = new TokenPacer(clock);
    const { stream, sent, ids } = aStream();
    const output = new TokenOutput(stream, { from: 7, pacer });
    for (const id of [1, 2, 3]) {
      output.push(aToken(id));
      await turn();
    }
    output.flush();
    await clock.advance(TOKEN_FRAME_MS);
    expect(ids()).toEqual([[1], [2], [3]]);
    expect(sent.map((message) => message.kind === "tokens" && message.from)).toEqual([7, 8, 9]);
  });
});
