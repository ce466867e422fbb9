import type { Bytes32 } from "@cortensor/protocol";
import { createManualClock } from "@cortensor/runtime";
import type { Link, LinkStream, ProbeRequest, StreamMessage } from "@cortensor/wire";
import { describe, expect, it } from "vitest";
import { askProbe } from "./askProbe.js";

const word: Bytes32 = `0x${"11".repeat(32)}`;
const PROBE: ProbeRequest = { kind: "probe", challenge: word, modelId: word, kernelClass: word };
const BUSY = { kind: "declined", code: "busy" } as const;

function setUp() {
  const clock = createManualClock(0);
  let say: (message: StreamMessage) => void = () => undefined;
  let finish: (how: "end" | "linkClosed") => void = () => undefined;
  let ends = 0;
  const stream: LinkStream = {
    id: 1,
    send: () => true,
    onMessage: (handler) => {
      say = handler;
    },
    end: () => {
      ends += 1;
    },
    ended: new Promise((resolve) => {
      finish = resolve;
    }),
  };
  const link: Pick<Link, "open"> = { open: () => stream };
  const asked = askProbe(link, PROBE, { clock, timeoutMs: 1_000 });
  return {
    clock,
    asked,
    say: (message: StreamMessage) => say(message),
    finish: () => finish("linkClosed"),
    ends: () => ends,
  };
}

describe("a probe that is asked", () => {
  it("gives the reply, and how long it took, and ends the stream", async () => {
    const { clock, asked, say, ends } = setUp();
    await clock.advance(40);
    say(BUSY);
    expect(await asked).toEqual({ ...BUSY, elapsedMs: 40 });
    expect(ends()).toBe(1);
  });

  it("is late after its time, and what comes then counts no more", async () => {
    const { clock, asked, say, ends } = setUp();
    await clock.advance(1_000);
    say(BUSY);
    expect(await asked).toEqual({ kind: "late" });
    expect(ends()).toBe(1);
  });

  it("is gone with its link, and where none can be opened", async () => {
    const { asked, finish } = setUp();
    finish();
    expect(await asked).toEqual({ kind: "gone" });
    const open = () => {
      throw new Error("no room");
    };
    const clock = createManualClock(0);
    expect(await askProbe({ open }, PROBE, { clock, timeoutMs: 1_000 })).toEqual({ kind: "gone" });
  });

  it("is confused by any other word", async () => {
    const { asked, say } = setUp();
    say({ kind: "accepted", nIn: 1 });
    expect(await asked).toEqual({ kind: "confused" });
  });
});
