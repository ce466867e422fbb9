import { deepStrictEqual, equal, ok } from "node:assert/strict";
import type { Step } from "@cortensor/protocol";
import type { Dice } from "./dice.js";
import type { Logged, ModelState } from "./roundModel.js";

/** What both task machines have in common. */
export type AnyTask = {
  readonly phase: string;
  readonly ending: string | undefined;
  readonly atSeconds: number;
  readonly deadlineSeconds: number;
};
export type AnyEvent = { readonly kind: string; readonly by?: string };

/** A machine beside its model. */
export type Machine<Task extends AnyTask, Event extends AnyEvent> = {
  readonly start: Task;
  readonly next: (task: Task, event: Event | { readonly kind: "expire" }, nowSeconds: number) => Step<Task, string>;
  readonly model: (log: readonly Logged[], nowSeconds: number) => ModelState;
  /** A random event, right or not, and whether all but its time, phase and sender is right. */
  readonly anyEvent: (dice: Dice, task: Task) => { readonly event: Event; readonly isRight: boolean };
  /** An event that anyone may send in any phase. */
  readonly anytime?: Event["kind"];
  /** The right event of somebody who is awaited. */
  readonly awaitedEvent: (kind: string, by: string) => Event;
  readonly phases: readonly string[];
  /** Grows with each phase that is reached, and never falls. */
  readonly place: (task: Task) => number;
  readonly secondsMax: number;
};

export type Trace<Event> = {
  readonly steps: readonly { readonly event: Event | { readonly kind: "expire" }; readonly nowSeconds: number }[];
  readonly ending: string;
  readonly refusals: readonly string[];
};

const EXPIRE = { kind: "expire" } as const;
const EVENTS_MAX = 60;

/** The task with all that is due at a second enforced, and the deadlines that fired. */
export function settle<Task extends AnyTask, Event extends AnyEvent>(
  machine: Machine<Task, Event>,
  task: Task,
  nowSeconds: number,
): { readonly task: Task; readonly fired: readonly string[] } {
  const fired: string[] = [];
  let now = task;
  for (;;) {
    const step = machine.next(now, EXPIRE, nowSeconds);
    if (step.kind === "refused") return { task: now, fired };
    fired.push(`${now.phase} at ${now.deadlineSeconds}`);
    now = step.state;
  }
}

/** One random trace, held against the model at each step, until it ends. Throws on the first difference. */
export function randomTrace<Task extends AnyTask, Event extends AnyEvent>(
  machine: Machine<Task, Event>,
  dice: Dice,
): Trace<Event> {
  const { start, next, model, place } = machine;
  const steps: Trace<Event>["steps"][number][] = [];
  const log: Logged[] = [];
  const fired: string[] = [];
  const refusals: string[] = [];
  let task = freeze(start);
  let nowSeconds = start.atSeconds;
  // How hasty a trace is: some are over in one second, in others nearly everything is late.
  const haste = dice.pick([1, 30, 90, 400, 2_000]);
  const tries = dice.below(EVENTS_MAX);
  for (let index = 0; index < tries && task.phase !== "ended"; index += 1) {
    nowSeconds += dice.below(haste);
    const due = settle(machine, task, nowSeconds);
    const expected = model(log, nowSeconds);
    equal(due.task.phase, expected.phase);
    equal(due.task.ending, expected.ending);
    const isLate = due.fired.length > 0;
    const isExpire = dice.below(4) === 0 || (isLate && dice.below(2) === 0);
    const { event, isRight } = isExpire ? { event: EXPIRE, isRight: true } : drawEvent(machine, dice, task, expected);
    const step = next(task, event, nowSeconds);
    steps.push({ event, nowSeconds });
    const isTurn =
      event.kind === expected.kind && expected.awaited.includes("by" in event ? (event.by ?? "") : "anyone");
    const isAwaited = !isLate && (isTurn || event.kind === machine.anytime);
    equal(step.kind, (isExpire ? isLate : isAwaited && isRight) ? "moved" : "refused", JSON.stringify(steps.at(-1)));
    if (step.kind === "refused") {
      refusals.push(step.refusal);
      continue;
    }
    ok(place(step.state) >= place(task), "a phase never goes back");
    if (isExpire) fired.push(`${task.phase} at ${task.deadlineSeconds}`);
    else log.push({ kind: event.kind, by: "by" in event ? (event.by ?? "") : "anyone", atSeconds: nowSeconds });
    task = freeze(step.state);
  }
  const end = settle(machine, task, start.atSeconds + machine.secondsMax);
  const all = [...fired, ...end.fired];
  equal(new Set(all).size, all.length, `each deadline fires once: ${all}`);
  equal(end.task.phase, "ended");
  ok(end.task.atSeconds <= start.atSeconds + machine.secondsMax, "every trace ends in time");
  const told = model(log, Math.max(nowSeconds, start.atSeconds + machine.secondsMax));
  deepStrictEqual([end.task.ending, end.task.atSeconds], [told.ending, told.endSeconds]);
  refusesAll(machine, dice, end.task, Math.max(nowSeconds, end.task.atSeconds));
  return { steps, ending: end.task.ending ?? "none", refusals };
}

/** Three of five events are the next right one, so that traces get far. */
function drawEvent<Task extends AnyTask, Event extends AnyEvent>(
  machine: Machine<Task, Event>,
  dice: Dice,
  task: Task,
  { kind, awaited }: ModelState,
): { readonly event: Event; readonly isRight: boolean } {
  if (kind === undefined || dice.below(5) < 2) return machine.anyEvent(dice, task);
  return { event: machine.awaitedEvent(kind, dice.pick(awaited)), isRight: true };
}

function refusesAll<Task extends AnyTask, Event extends AnyEvent>(
  machine: Machine<Task, Event>,
  dice: Dice,
  task: Task,
  nowSeconds: number,
): void {
  for (const event of [EXPIRE, machine.anyEvent(dice, task).event])
    deepStrictEqual(machine.next(task, event, nowSeconds), { kind: "refused", refusal: "ended" });
}

function freeze<Value extends object>(value: Value): Value {
  for (const each of Object.values(value)) if (typeof each === "object" && each !== null) Object.freeze(each);
  return Object.freeze(value);
}
