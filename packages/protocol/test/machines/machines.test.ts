import {
  NETWORK_ENDINGS,
  type NetworkEvent,
  type NetworkTask,
  SESSION_ENDINGS,
  type SessionEvent,
  type SessionTask,
} from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { diceOf } from "./dice.js";
import { randomLife, tabledMoves } from "./lifeTrace.js";
import { networkMachine, sessionMachine } from "./machines.js";
import { CREATORS, PREPARERS } from "./parties.js";
import type { Logged } from "./roundModel.js";
import { type AnyEvent, type AnyTask, type Machine, randomTrace, settle, type Trace } from "./taskTrace.js";

/** Of each machine; `npm run deep -- machines` runs the count that the issue names, in parts. */
const TRACES = Number(process.env.CORTENSOR_MACHINE_TRACES ?? 1_000);
const FROM = Number(process.env.CORTENSOR_MACHINE_FROM ?? 0);
const SEEDS = Array.from({ length: TRACES }, (_, index) => FROM + index);

/** All orders in which a task's parties can act or be late, from a task on: calls `seen` with each ending. */
function everyOrder<Task extends AnyTask, Event extends AnyEvent>(
  machine: Machine<Task, Event>,
  seen: (ending: string, fired: readonly string[]) => void,
): void {
  const walk = (task: Task, log: readonly Logged[], fired: readonly string[]): void => {
    if (task.phase === "ended") {
      seen(task.ending ?? "none", fired);
      return;
    }
    const { kind = "", awaited } = machine.model(log, task.atSeconds);
    for (const by of awaited) {
      // Only `next` sees the task, and the number of scores follows from it.
      machine.next(task, { kind: "expire" }, task.atSeconds);
      const step = machine.next(task, machine.awaitedEvent(kind, by), task.atSeconds);
      if (step.kind === "refused") throw new Error(`${kind} while ${task.phase}: ${step.refusal}`);
      walk(step.state, [...log, { kind, by, atSeconds: task.atSeconds }], fired);
    }
    const late = machine.next(task, { kind: "expire" }, task.deadlineSeconds);
    if (late.kind === "refused") throw new Error(`expire while ${task.phase}: ${late.refusal}`);
    walk(late.state, log, [...fired, `${task.phase} at ${task.deadlineSeconds}`]);
  };
  walk(machine.start, [], []);
}

function orders<Task extends AnyTask, Event extends AnyEvent>(
  machine: Machine<Task, Event>,
): { readonly count: number; readonly endings: ReadonlySet<string>; readonly firedTwice: number } {
  const endings = new Set<string>();
  let [count, firedTwice] = [0, 0];
  everyOrder(machine, (ending, fired) => {
    count += 1;
    endings.add(ending);
    if (new Set(fired).size !== fired.length) firedTwice += 1;
  });
  return { count, endings, firedTwice };
}

/** In how many orders a round of so many seats can go, each continued in `after` ways of its arrivals; one without any ends there. */
function rounds(seats: number, after: (arrived: number) => number): number {
  let [sum, ordered] = [1, 1];
  for (let arrived = 1; arrived <= seats; arrived += 1) {
    ordered *= seats - arrived + 1;
    sum += ordered * after(arrived);
  }
  return sum;
}

/** Traces by seed; a failure names its seed. */
function traces<Task extends AnyTask, Event extends AnyEvent>(
  machines: readonly Machine<Task, Event>[],
): Trace<Event>[] {
  return SEEDS.map((seed) => {
    const machine = machines[seed % machines.length];
    if (machine === undefined) throw new RangeError("no machine");
    try {
      return randomTrace(machine, diceOf(seed));
    } catch (cause) {
      throw new Error(`seed ${seed}`, { cause });
    }
  });
}
const endingsOf = (all: readonly Trace<AnyEvent>[]): ReadonlySet<string> => new Set(all.map(({ ending }) => ending));
const refusalsOf = (all: readonly Trace<AnyEvent>[]): ReadonlySet<string> =>
  new Set(all.flatMap(({ refusals }) => refusals));
const REFUSED = ["already", "commitOther", "deadlineDue", "notDue", "notYours", "phaseOther", "seatsBad"];

describe("the session queue's machine", () => {
  const one: readonly Machine<SessionTask, SessionEvent>[] = [1, 2, 3].map(sessionMachine);

  it.each([1, 2, 3])("ends in every order of %i miners, each deadline firing once", (redundancy) => {
    const { count, endings, firedTwice } = orders(sessionMachine(redundancy));
    expect(firedTwice).toBe(0);
    const commits = (seats: number): number => 1 + 2 * (rounds(seats, () => 1) - 1);
    const precommits = (seats: number): number => rounds(seats, commits);
    expect(count).toBe(1 + rounds(redundancy, precommits));
    expect(endings).toEqual(new Set(SESSION_ENDINGS.filter((each) => redundancy > 1 || each !== "partial")));
  });

  it("does what its model says, event by event, whoever enforces its deadlines and when", () => {
    const all = traces(one);
    expect(endingsOf(all)).toEqual(new Set(SESSION_ENDINGS));
    for (const refusal of REFUSED) expect(refusalsOf(all)).toContain(refusal);
  });
});

describe("the network task's machine", () => {
  it.each([
    [1, 1],
    [2, 1],
    [2, 2],
  ])("ends in every order of %i solvers and %i scorers, each deadline firing once", (solvers, scorers) => {
    const { count, endings, firedTwice } = orders(networkMachine(solvers, scorers));
    expect(firedTwice).toBe(0);
    const commits = (seats: number): number => 1 + (rounds(seats, () => 1) - 1) * rounds(scorers, () => 1);
    const started = 1 + rounds(solvers, commits);
    expect(count).toBe(1 + CREATORS.length * (1 + PREPARERS.length * started));
    expect(endings).toEqual(new Set(NETWORK_ENDINGS));
  });

  it("does what its model says, event by event, whoever enforces its deadlines and when", () => {
    const machines: readonly Machine<NetworkTask, NetworkEvent>[] = [networkMachine(1, 1), networkMachine(3, 2)];
    const all = traces(machines);
    expect(endingsOf(all)).toEqual(new Set(NETWORK_ENDINGS));
    for (const refusal of REFUSED) expect(refusalsOf(all)).toContain(refusal);
  });

  it("is over at the same second, however late its deadlines are enforced", () => {
    const machine = networkMachine(2, 2);
    const late = settle(machine, machine.start, machine.start.atSeconds + machine.secondsMax);
    const inTime = settle(machine, machine.start, late.task.atSeconds);
    expect(inTime.task).toEqual(late.task);
  });
});

describe("a node's life", () => {
  it("goes by its table, all of it and nothing else, each deadline firing once, whoever enforces it and when", () => {
    const moves = new Set<string>();
    for (const seed of SEEDS) {
      try {
        for (const move of randomLife(diceOf(seed)).moves) moves.add(move);
      } catch (cause) {
        throw new Error(`seed ${seed}`, { cause });
      }
    }
    const tabled = tabledMoves();
    expect([...moves].filter((move) => !tabled.has(move))).toEqual([]);
    const made = new Set([...moves].map((move) => move.split(" ").slice(0, 2).join(" ")));
    const possible = new Set([...tabled].map((move) => move.split(" ").slice(0, 2).join(" ")));
    expect(made).toEqual(possible);
  });
});
