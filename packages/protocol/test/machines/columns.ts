import type { NodeEvent, NodeEventBody, NodeLife } from "@cortensor/protocol";
import { eventOf, type Figures } from "./lifeTrace.js";
import type { TraceStep, TraceVector } from "./traceVectors.js";

type AnyNodeEvent = NodeEvent | { readonly kind: "expire" };

/** A life's steps, one list for each field: a contract's test reads a whole trace at once. What an event doesn't have is empty, or 0. */
export type LifeColumns = {
  readonly kind: readonly (NodeEventBody["kind"] | "expire")[];
  readonly by: readonly (NodeEvent["by"] | "")[];
} & Readonly<Record<keyof Figures | "nowSeconds" | "seconds", readonly number[]>> &
  Readonly<Record<"outcome" | "state", readonly string[]>>;
export type LifeVector = {
  readonly start: NodeLife;
  readonly columns: LifeColumns;
  /** The whole state at the end. */
  readonly end: NodeLife;
};

export function inColumns({ start, steps, end }: TraceVector<NodeLife, AnyNodeEvent>): LifeVector {
  const figures = (name: keyof Figures): readonly number[] =>
    steps.map(({ event }) => Object.entries(event).find(([field]) => field === name)?.[1] ?? 0);
  const columns = {
    kind: steps.map(({ event }) => event.kind),
    by: steps.map(({ event }) => ("by" in event ? event.by : "")),
    untilSeconds: figures("untilSeconds"),
    level: figures("level"),
    session: figures("session"),
    periodSeconds: figures("periodSeconds"),
    tasksMax: figures("tasksMax"),
    nowSeconds: steps.map(({ nowSeconds }) => nowSeconds),
    outcome: steps.map(({ outcome }) => outcome),
    state: steps.map(({ state }) => state),
    seconds: steps.map(({ seconds }) => seconds),
  };
  return { start, columns, end };
}

/** What is sent in a vector. */
export function sentIn({ columns }: LifeVector): readonly Pick<TraceStep<AnyNodeEvent>, "event" | "nowSeconds">[] {
  return columns.kind.map((kind, index) => {
    const figure = (name: keyof Figures | "nowSeconds"): number => columns[name][index] ?? 0;
    const by = columns.by[index] ?? "";
    const nowSeconds = figure("nowSeconds");
    if (kind === "expire" || by === "") return { event: { kind: "expire" }, nowSeconds };
    const figures = {
      untilSeconds: figure("untilSeconds"),
      level: figure("level"),
      session: figure("session"),
      periodSeconds: figure("periodSeconds"),
      tasksMax: figure("tasksMax"),
    };
    return { event: eventOf(kind, by, figures), nowSeconds };
  });
}
