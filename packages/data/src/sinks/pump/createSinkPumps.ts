import type { Bytes32 } from "@cortensor/protocol";
import { SINKS_MAX } from "../limits.js";
import type { Sink } from "../sink.js";
import { SinkError } from "../sinkError.js";
import { createSinkPump, type SinkPump, type SinkPumpParts } from "./createSinkPump.js";
import type { SinkState } from "./sinkState.js";

/** The pumps of one process, one a session. */
export type SinkPumps = {
  /** Delivers a session's records to a sink from now on, which is this pump's to close. One that it had is let go of first. Throws SINK_TOO_MANY, SINK_CLOSED. */
  readonly attach: (session: Bytes32, sink: Sink) => Promise<void>;
  readonly detach: (session: Bytes32) => Promise<void>;
  /** Says that something of a session was appended. */
  readonly wake: (session: Bytes32) => void;
  readonly states: () => readonly SinkState[];
  /** Ends all, and waits for it. Idempotent. */
  readonly close: () => Promise<void>;
};

type Running = { readonly pump: SinkPump; readonly stop: AbortController; readonly ended: Promise<void> };

export function createSinkPumps(parts: Omit<SinkPumpParts, "session" | "sink"> & { readonly max?: number }): SinkPumps {
  const { max = SINKS_MAX } = parts;
  const running = new Map<Bytes32, Running>();
  const inTurn = createTurns();
  let isClosed = false;

  const end = async (session: Bytes32): Promise<void> => {
    const one = running.get(session);
    one?.stop.abort();
    await one?.ended;
    running.delete(session);
  };
  const begin = (session: Bytes32, sink: Sink): void => {
    if (isClosed) throw new SinkError({ code: "SINK_CLOSED" });
    if (running.size >= max) throw new SinkError({ code: "SINK_TOO_MANY", max });
    const pump = createSinkPump({ ...parts, session, sink });
    const stop = new AbortController();
    running.set(session, { pump, stop, ended: pump.run(stop.signal) });
  };
  return {
    attach: (session, sink) =>
      inTurn(session, async () => {
        await end(session);
        begin(session, sink);
      }),
    detach: (session) => inTurn(session, () => end(session)),
    wake: (session) => running.get(session)?.pump.wake(),
    states: () => [...running.values()].map(({ pump }) => pump.state()),
    async close() {
      isClosed = true;
      await Promise.all([...running.keys()].map((session) => inTurn(session, () => end(session))));
    },
  };
}

/** Runs what concerns one session one after another, in the order asked: its pumps never overlap. */
function createTurns(): (session: Bytes32, work: () => Promise<void>) => Promise<void> {
  const last = new Map<Bytes32, Promise<void>>();
  return async (session, work) => {
    const before = last.get(session) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(session, mine);
    try {
      await mine;
    } finally {
      if (last.get(session) === mine) last.delete(session);
    }
  };
}
