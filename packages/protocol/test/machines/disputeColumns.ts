import {
  type Address,
  type Bytes32,
  type Dispute,
  type DisputeEvent,
  JURY_OUTCOMES,
  type Seat,
  VERDICT_OUTCOMES,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import type { TraceStep, TraceVector } from "./traceVectors.js";

const NOBODY: Address = "0x0000000000000000000000000000000000000000";

/** A dispute's steps, one list for each field: a contract's test reads a whole trace at once. What an event doesn't have is zero. */
export type DisputeVector = {
  readonly start: Dispute;
  readonly columns: {
    readonly kind: readonly DisputeEvent["kind"][];
    readonly by: readonly Address[];
    /** Of a commit its commitment, of a reveal its statistics. */
    readonly hash: readonly Bytes32[];
    readonly salt: readonly Bytes32[];
    /** Number of the verdict's or the vote's outcome. */
    readonly found: readonly number[];
    readonly firstDiff: readonly number[];
    /** How many of `nodes` and `owners` are this event's. */
    readonly seats: readonly number[];
    readonly nodes: readonly Address[];
    readonly owners: readonly Address[];
    readonly nowSeconds: readonly number[];
    readonly outcome: readonly string[];
    readonly state: readonly string[];
    readonly seconds: readonly number[];
  };
  readonly end: {
    readonly ending: string;
    /** Of the first jury; `none` without one. */
    readonly verdict: string;
    readonly round: number;
    readonly tries: number;
    readonly isAppealed: boolean;
    readonly atSeconds: number;
  };
};

export function inDisputeColumns({ start, steps, end }: TraceVector<Dispute, DisputeEvent>): DisputeVector {
  const events = steps.map(({ event }) => event);
  const seated = events.map((event): readonly Seat[] => ("seats" in event ? event.seats : []));
  return {
    start,
    columns: {
      kind: events.map(({ kind }) => kind),
      by: events.map((event) => ("by" in event ? event.by : NOBODY)),
      hash: events.map((event) =>
        event.kind === "commit" ? event.commitment : event.kind === "reveal" ? event.stats : ZERO_BYTES32,
      ),
      salt: events.map((event) => (event.kind === "reveal" ? event.salt : ZERO_BYTES32)),
      found: events.map((event) =>
        event.kind === "reveal"
          ? VERDICT_OUTCOMES.indexOf(event.outcome)
          : event.kind === "vote"
            ? JURY_OUTCOMES.indexOf(event.outcome)
            : 0,
      ),
      firstDiff: events.map((event) => (event.kind === "reveal" ? event.firstDiff : 0)),
      seats: seated.map(({ length }) => length),
      nodes: seated.flat().map(({ node }) => node),
      owners: seated.flat().map(({ owner }) => owner),
      nowSeconds: steps.map(({ nowSeconds }) => nowSeconds),
      outcome: steps.map(({ outcome }) => outcome),
      state: steps.map(({ state }) => state),
      seconds: steps.map(({ seconds }) => seconds),
    },
    end: {
      ending: end.ending ?? "none",
      verdict: end.verdict ?? "none",
      round: end.round,
      tries: end.tries,
      isAppealed: end.isAppealed,
      atSeconds: end.atSeconds,
    },
  };
}

/** What is sent in a vector. */
export function sentInDispute({
  columns,
}: DisputeVector): readonly Pick<TraceStep<DisputeEvent>, "event" | "nowSeconds">[] {
  let from = 0;
  return columns.kind.map((kind, index) => {
    const to = from + (columns.seats[index] ?? 0);
    const nodes = columns.nodes.slice(from, to);
    const seats = nodes.map((node, place): Seat => ({ node, owner: columns.owners[from + place] ?? NOBODY }));
    from = to;
    return { event: eventAt(columns, { kind, index, seats }), nowSeconds: columns.nowSeconds[index] ?? 0 };
  });
}

function eventAt(
  columns: DisputeVector["columns"],
  of: { readonly kind: DisputeEvent["kind"]; readonly index: number; readonly seats: readonly Seat[] },
): DisputeEvent {
  const { kind, index, seats } = of;
  const by = columns.by[index] ?? NOBODY;
  const hash = columns.hash[index] ?? ZERO_BYTES32;
  const found = columns.found[index] ?? 0;
  switch (kind) {
    case "seat":
    case "empanel":
      return { kind, seats };
    case "commit":
      return { kind, by, commitment: hash };
    case "reveal": {
      const shown = { firstDiff: columns.firstDiff[index] ?? 0, salt: columns.salt[index] ?? ZERO_BYTES32 };
      return { kind, by, outcome: VERDICT_OUTCOMES[found] ?? "passed", stats: hash, ...shown };
    }
    case "vote":
      return { kind, by, outcome: JURY_OUTCOMES[found] ?? "passed" };
    default:
      return { kind };
  }
}
