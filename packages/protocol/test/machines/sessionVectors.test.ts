import { writeFileSync } from "node:fs";
import {
  type Address,
  hashTask,
  nextSessionTask,
  SESSION_ENDINGS,
  type SessionEvent,
  type SessionRefusal,
  type SessionTask,
  taskSchema,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readVectors } from "../readVectors.js";
import { diceOf } from "./dice.js";
import { sessionMachine } from "./machines.js";
import { queuedTask, SESSIONS } from "./parties.js";
import { randomTrace, type Trace } from "./taskTrace.js";
import { replay, sentToTask, showTask, type TraceVector } from "./traceVectors.js";

const REDUNDANCY = 3;
const SEEDS_MAX = 5_000;
/** Each is met in some trace. */
const REFUSALS: readonly SessionRefusal[] = [
  "already",
  "commitOther",
  "deadlineDue",
  "ended",
  "notDue",
  "notYours",
  "phaseOther",
  "seatsBad",
];

/** What the session queue's contract is held against too: the contract of sessions, the task as it is enqueued, and its traces. */
type SessionVectors = {
  readonly sessions: Address;
  readonly task: unknown;
  readonly traces: readonly TraceVector<SessionTask, SessionEvent>[];
};

/** The first trace by seed that meets a refusal. */
function sentToRefusal(refusal: string): Trace<SessionEvent>["steps"] {
  for (let seed = 0; seed < SEEDS_MAX; seed += 1) {
    const trace = randomTrace(sessionMachine(REDUNDANCY), diceOf(seed));
    if (trace.refusals.includes(refusal)) return trace.steps;
  }
  throw new RangeError(`no trace is refused ${refusal}`);
}

function outcomesOf(traces: SessionVectors["traces"]): ReadonlySet<string> {
  return new Set(traces.flatMap(({ steps }) => steps.map(({ outcome }) => outcome)));
}

/** `CORTENSOR_MAKE_VECTORS=1` writes the file anew. */
if (process.env.CORTENSOR_MAKE_VECTORS === "1") {
  const machine = sessionMachine(REDUNDANCY);
  const replayed = (steps: Trace<SessionEvent>["steps"]) => replay({ ...machine, shown: showTask }, steps);
  const toEndings = sentToTask(machine, SESSION_ENDINGS).map(replayed);
  const met = outcomesOf(toEndings);
  const toRefusals = REFUSALS.filter((refusal) => !met.has(refusal)).map((refusal) => replayed(sentToRefusal(refusal)));
  const vectors: SessionVectors = {
    sessions: SESSIONS,
    task: z.encode(taskSchema, queuedTask(REDUNDANCY)),
    traces: [...toEndings, ...toRefusals],
  };
  const file = new URL("../../vectors/sessionTask.json", import.meta.url);
  writeFileSync(file, `${JSON.stringify(vectors, undefined, 2)}\n`);
}

/** As JSON keeps it: without what is undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("vectors of the session queue", () => {
  const { task, traces } = readVectors<SessionVectors>("sessionTask");

  it("meet every ending and refusal", () => {
    expect(outcomesOf(traces)).toEqual(new Set(["moved", ...REFUSALS]));
    const endings = new Set(traces.flatMap(({ end }) => end.ending ?? []));
    expect(endings).toEqual(new Set(SESSION_ENDINGS));
  });

  it.each(traces)("of a task that is $end.phase, $end.ending", (vector) => {
    const of = { start: vector.start, next: nextSessionTask, shown: showTask };
    expect(plain(replay(of, vector.steps))).toEqual(vector);
  });

  it("are of a task whose id is its own hash", () => {
    for (const { start } of traces) expect(start.taskId).toBe(hashTask(taskSchema.parse(task)));
  });
});
