/** What happened, as a model sees it: everything that was accepted but `expire`, which a model doesn't need. */
export type Logged = { readonly kind: string; readonly by: string; readonly atSeconds: number };

/** A phase of several seats, told from the log alone. */
export type ModelRound = {
  readonly isOver: boolean;
  /** Once over: when it was. */
  readonly endSeconds: number;
  /** Who has answered, in the order of seats. */
  readonly arrived: readonly string[];
  /** Who is still awaited. */
  readonly awaited: readonly string[];
};

/** The round of `kind` among these seats, that began at a second and lasts so long: over when all are there, or late. */
export function modelRound(
  log: readonly Logged[],
  of: {
    readonly kind: string;
    readonly seats: readonly string[];
    readonly fromSeconds: number;
    readonly seconds: number;
  },
  nowSeconds: number,
): ModelRound {
  const { kind, seats, fromSeconds, seconds } = of;
  const answers = log.filter((each) => each.kind === kind && seats.includes(each.by));
  const arrived = seats.filter((seat) => answers.some(({ by }) => by === seat));
  const awaited = seats.filter((seat) => !arrived.includes(seat));
  const isWhole = awaited.length === 0;
  const endSeconds = isWhole ? Math.max(...answers.map(({ atSeconds }) => atSeconds)) : fromSeconds + seconds;
  return { isOver: isWhole || nowSeconds >= endSeconds, endSeconds, arrived, awaited };
}

/** Where a task is, by a model, and who may do what. */
export type ModelState = {
  readonly phase: string;
  readonly ending: string | undefined;
  readonly endSeconds: number | undefined;
  readonly kind: string | undefined;
  readonly awaited: readonly string[];
};

export function waiting(phase: string, kind: string, awaited: readonly string[]): ModelState {
  return { phase, kind, awaited, ending: undefined, endSeconds: undefined };
}

export function over(ending: string, endSeconds: number): ModelState {
  return { phase: "ended", ending, endSeconds, kind: undefined, awaited: [] };
}
