import { createManualClock } from "@cortensor/runtime";
import { afterEach, describe, expect, it } from "vitest";
import { LINK_LIMITS } from "./limits.js";
import type { Link, LinkStream } from "./link.js";
import type { FromMiner, StreamMessage } from "./messages.js";
import { connectTo, linkPair, type PairOptions, testRouter } from "./test/linkPair.js";
import { recordingProxy } from "./test/recordingProxy.js";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function pair(options: PairOptions = {}): Promise<{ miner: Link; router: Link }> {
  const made = await linkPair(options);
  closers.push(made.close);
  return made;
}

const abort = (reason: string): StreamMessage => ({ kind: "abort", reason });
const tokens = (from: number, text = ""): FromMiner => ({ kind: "tokens", from, ids: [from], text });

/** The next stream that the peer opens, with its first message. */
function nextStream(link: Link): Promise<{ stream: LinkStream; first: StreamMessage }> {
  return new Promise((resolve) => link.onStream((stream, first) => resolve({ stream, first })));
}

function collect(stream: LinkStream, count: number): Promise<StreamMessage[]> {
  const seen: StreamMessage[] = [];
  return new Promise((resolve) => {
    stream.onMessage((message) => {
      seen.push(message);
      if (seen.length === count) resolve(seen);
    });
  });
}

describe("a link", () => {
  it("carries many streams, each in its own order, both ways", async () => {
    const { miner, router } = await pair();
    miner.onStream((stream, first) => {
      const start = first.kind === "abort" ? Number(first.reason) : 0;
      for (let index = 0; index < 50; index += 1) stream.send(tokens(start * 1_000 + index));
      stream.end();
    });
    const streams = Array.from({ length: 40 }, (_, index) => router.open(abort(String(index))));
    const answers = await Promise.all(streams.map((stream) => collect(stream, 50)));
    for (const [index, answer] of answers.entries()) {
      expect(answer).toEqual(Array.from({ length: 50 }, (_, at) => tokens(index * 1_000 + at)));
    }
    expect(await Promise.all(streams.map((stream) => stream.ended))).toEqual(streams.map(() => "end"));
    expect(router.openStreams()).toBe(0);
  });

  it("delivers what came before a handler was set, and nothing after the end", async () => {
    const { miner, router } = await pair();
    const arriving = nextStream(miner);
    const stream = router.open(abort("first"));
    stream.send(abort("second"));
    stream.end();
    const { stream: other, first } = await arriving;
    expect(first).toEqual(abort("first"));
    expect(await other.ended).toBe("end");
    expect(await collect(other, 1)).toEqual([abort("second")]);
    expect(other.send(tokens(1))).toBe(false);
    expect(stream.send(abort("late"))).toBe(false);
  });

  it("carries notices to the handler of their topic", async () => {
    const { miner, router } = await pair();
    const advertisement = { models: [], capacity: 4, running: 1, queued: 2 };
    const seen = new Promise((resolve) => router.onNotice("advertisement", resolve));
    miner.notify("advertisement", advertisement);
    expect(await seen).toEqual(advertisement);
  });

  it("ends only the stream whose message its side may not send", async () => {
    const { miner, router } = await pair();
    const arriving = nextStream(miner);
    const healthy = router.open(abort("healthy"));
    const { stream: healthyThere } = await arriving;
    const failing = nextStream(miner);
    const bad = router.open(abort("bad"));
    const { stream: badThere } = await failing;
    badThere.onMessage(() => {
      throw new Error("the reader can't accept this");
    });
    bad.send(abort("unacceptable"));
    expect(await badThere.ended).toBe("malformed");
    expect(await bad.ended).toBe("malformed");
    const answered = collect(healthy, 1);
    healthyThere.send(tokens(7));
    expect(await answered).toEqual([tokens(7)]);
  });

  it("refuses to send what has no place in the format, and nothing else changes", async () => {
    const { miner, router } = await pair();
    const arriving = nextStream(miner);
    const stream = router.open(abort("one"));
    const { stream: there } = await arriving;
    expect(() => there.send(tokens(-1))).toThrow("WIRE_UNENCODABLE");
    const answered = collect(stream, 1);
    there.send(tokens(1));
    expect(await answered).toEqual([tokens(1)]);
  });

  it("refuses a message above its bound before it is sent", async () => {
    const { miner } = await pair({ limits: { messageBytesMax: 1_000 } });
    expect(() => miner.open(tokens(0, "x".repeat(1_000)))).toThrow("WIRE_MESSAGE_TOO_LARGE");
  });

  it("closes on a frame above its own bound", async () => {
    const testing = await testRouter({ limits: { messageBytesMax: 1_000, frameBytesTarget: 1_000 } });
    closers.push(testing.close);
    const [router, miner] = await Promise.all([testing.nextLink(), connectTo(testing.url)]);
    miner.open(tokens(0, "x".repeat(5_000)));
    expect(await router.closed).toBe("frameTooLarge");
    expect(await miner.closed).toBe("frameTooLarge");
  });

  it("bounds its streams on the sending and on the receiving side", async () => {
    const testing = await testRouter({ limits: { streamsMax: 3 } });
    closers.push(testing.close);
    const [router, miner] = await Promise.all([testing.nextLink(), connectTo(testing.url)]);
    router.onStream(() => undefined);
    for (let index = 0; index < 3; index += 1) router.open(abort("x"));
    expect(() => router.open(abort("x"))).toThrow("WIRE_STREAM_LIMIT");
    miner.open(tokens(0));
    expect(await miner.closed).toBe("streamLimit");
  });

  it("tells the peer why it closes, and ends its streams", async () => {
    const { miner, router } = await pair();
    miner.onStream(() => undefined);
    const stream = router.open(abort("x"));
    miner.close("replaced");
    expect(await router.closed).toBe("replaced");
    expect(await miner.closed).toBe("replaced");
    expect(await stream.ended).toBe("linkClosed");
    expect(() => router.open(abort("x"))).toThrow("WIRE_LINK_CLOSED");
  });

  it("notices a peer that fell silent, and keeps one that answers", async () => {
    const clock = createManualClock(Date.now());
    const { miner, router } = await pair({ clock });
    await clock.advance(LINK_LIMITS.pingAfterMs);
    const pong = await new Promise((resolve) => {
      router.onNotice("advertisement", resolve);
      miner.notify("advertisement", { models: [], capacity: 0, running: 0, queued: 0 });
    });
    expect(pong).toMatchObject({ capacity: 0 });
    miner.pause();
    await clock.advance(LINK_LIMITS.silenceMs + LINK_LIMITS.pingAfterMs);
    expect(await router.closed).toBe("silence");
  });

  it("says how much waits, and when it has drained", async () => {
    const { miner, router } = await pair({ limits: { lowWaterBytes: 1_000 } });
    const received = new Promise<void>((resolve) => {
      router.onStream((stream) => {
        stream.onMessage((message) => {
          if (message.kind === "tokens" && message.from === 99) resolve();
        });
      });
    });
    router.pause();
    const stream = miner.open(tokens(0));
    for (let index = 0; index < 100; index += 1) stream.send(tokens(index, "x".repeat(100_000)));
    expect(miner.bufferedBytes()).toBeGreaterThan(1_000_000);
    router.resume();
    await miner.drained();
    expect(miner.bufferedBytes()).toBeLessThanOrEqual(1_000);
    await received;
  });

  it("closes rather than fill memory for a peer that doesn't read", async () => {
    const { miner, router } = await pair({ limits: { bufferedBytesMax: 4_000_000 } });
    router.onStream(() => undefined);
    router.pause();
    const stream = miner.open(tokens(0));
    while (stream.send(tokens(1, "x".repeat(200_000))));
    expect(await miner.closed).toBe("peerTooSlow");
    router.resume();
  });

  it("shows a wire capture no marker of prompt or answer", async () => {
    const testing = await testRouter();
    closers.push(testing.close);
    const proxy = await recordingProxy(testing.port);
    closers.push(proxy.close);
    const [router, miner] = await Promise.all([testing.nextLink(), connectTo(`ws://127.0.0.1:${proxy.port}/wire`)]);
    const arriving = nextStream(miner);
    const stream = router.open(abort("PROMPT-MARKER"));
    const { stream: there, first } = await arriving;
    const answered = collect(stream, 1);
    there.send(tokens(0, "ANSWER-MARKER"));
    expect(first).toEqual(abort("PROMPT-MARKER"));
    expect(await answered).toEqual([tokens(0, "ANSWER-MARKER")]);
    const capture = proxy.captured().toString("latin1");
    expect(capture.length).toBeGreaterThan(800);
    expect(capture).toContain("Sec-WebSocket-Key");
    expect(capture).not.toContain("MARKER");
  });

  it("closes when a byte of a frame was changed on the way", async () => {
    const testing = await testRouter();
    closers.push(testing.close);
    const proxy = await recordingProxy(testing.port);
    closers.push(proxy.close);
    const [router, miner] = await Promise.all([testing.nextLink(), connectTo(`ws://127.0.0.1:${proxy.port}/wire`)]);
    const seen: StreamMessage[] = [];
    router.onStream((_stream, first) => seen.push(first));
    proxy.corruptNext();
    miner.open(tokens(0, "x".repeat(100)));
    expect(await router.closed).toBe("frameTampered");
    expect(await miner.closed).toBe("frameTampered");
    expect(seen).toEqual([]);
  });

  it("closes with connectionLost when the socket is cut", async () => {
    const testing = await testRouter();
    closers.push(testing.close);
    const proxy = await recordingProxy(testing.port);
    closers.push(proxy.close);
    const [router, miner] = await Promise.all([testing.nextLink(), connectTo(`ws://127.0.0.1:${proxy.port}/wire`)]);
    proxy.cut();
    expect(await router.closed).toBe("connectionLost");
    expect(await miner.closed).toBe("connectionLost");
  });
});
