import { type NodeEvent, type NodeLife, nextNodeState, type Step, UNREGISTERED } from "@cortensor/protocol";
import { diceOf } from "./dice.js";
import { randomLife } from "./lifeTrace.js";
import { type AnyEvent, type AnyTask, type Machine, randomTrace } from "./taskTrace.js";

/** One event of a trace in the files for other languages: what was sent when, and what became of it. */
export type TraceStep<Event> = {
  readonly event: Event;
  readonly nowSeconds: number;
  /** `moved`, or the name of the refusal. */
  readonly outcome: string;
  /** Afterwards. */
  readonly state: string;
  /** Afterwards: of a task its deadline, of a node when anything of it changed last. */
  readonly seconds: number;
};
export type TraceVector<Start, Event> = {
  readonly start: Start;
  readonly steps: readonly TraceStep<Event>[];
  /** The whole state at the end. */
  readonly end: Start;
};

const EXPIRE = { kind: "expire" } as const;
const LIFE_SEEDS = 5_000;
const TASK_SEEDS = 2_000;

/** The outcome of each event that is sent, one after another. */
export function replay<State, Event>(
  of: {
    readonly start: State;
    readonly next: (state: State, event: Event, nowSeconds: number) => Step<State, string>;
    readonly shown: (state: State) => { readonly state: string; readonly seconds: number };
  },
  sent: readonly { readonly event: Event; readonly nowSeconds: number }[],
): TraceVector<State, Event> {
  let state = of.start;
  const steps = sent.map(({ event, nowSeconds }) => {
    const step = of.next(state, event, nowSeconds);
    if (step.kind === "moved") state = step.state;
    return { event, nowSeconds, outcome: step.kind === "moved" ? "moved" : step.refusal, ...of.shown(state) };
  });
  return { start: of.start, steps, end: state };
}

export const showTask = (task: AnyTask): { readonly state: string; readonly seconds: number } => ({
  state: task.phase,
  seconds: task.deadlineSeconds,
});
export const showLife = (life: NodeLife): { readonly state: string; readonly seconds: number } => ({
  state: life.state,
  seconds: life.atSeconds,
});

type Sent<Event> = readonly { readonly event: Event | { readonly kind: "expire" }; readonly nowSeconds: number }[];

/** The first traces by seed that show each ending and each thing that can become of an event, and then everything that is still due, once too often. */
export function sentToTask<Task extends AnyTask, Event extends AnyEvent>(
  machine: Machine<Task, Event>,
  endings: readonly string[],
): readonly Sent<Event>[] {
  const seen = new Set<string>();
  const all = Array.from({ length: TASK_SEEDS }, (_, seed) => {
    const trace = randomTrace(machine, diceOf(seed));
    const replayed = replay({ ...machine, shown: showTask }, trace.steps);
    const shown = [trace.ending, ...replayed.steps.map(({ event, outcome }) => `${event.kind} ${outcome}`)];
    const isNew = shown.some((each) => !seen.has(each));
    for (const each of shown) seen.add(each);
    if (!isNew) return [];
    const lastSeconds = trace.steps.at(-1)?.nowSeconds ?? 0;
    const nowSeconds = Math.max(lastSeconds, machine.start.atSeconds + machine.secondsMax);
    const late = Array.from({ length: machine.phases.length }, () => ({ event: EXPIRE, nowSeconds }));
    return [...trace.steps, ...late];
  });
  for (const ending of endings) if (!seen.has(ending)) throw new RangeError(`no trace ends ${ending}`);
  return all.filter((sent) => sent.length > 0);
}

/** Of the first lives by seed those in which something becomes of an event that none before it shows, each up to the last such step. */
export function sentToNode(): readonly Sent<NodeEvent>[] {
  const seen = new Set<string>();
  return Array.from({ length: LIFE_SEEDS }, (_, seed) => {
    const { steps } = randomLife(diceOf(seed));
    let [life, kept] = [UNREGISTERED, 0];
    steps.forEach(({ event, nowSeconds }, index) => {
      const step = nextNodeState(life, event, nowSeconds);
      const became = step.kind === "moved" ? `from ${life.state} to ${step.state.state}` : step.refusal;
      const shown = `${event.kind} ${became}`;
      if (!seen.has(shown)) kept = index + 1;
      seen.add(shown);
      if (step.kind === "moved") life = step.state;
    });
    return steps.slice(0, kept);
  }).filter((steps) => steps.length > 0);
}
