/** A share of so many windows, with its 95 % interval. */
export type MeasuredShare = {
  readonly tokens: number;
  readonly windows: number;
  readonly share: number;
  readonly low: number;
  readonly high: number;
};

/** Which text: such as leaves at least 0.8 nats a token to chance, or less. */
export const TEXTS = ["rich", "lowEntropy"] as const;
export type Text = (typeof TEXTS)[number];

/** What the check was measured to find. By ascending windows. */
export type Evidence = {
  /** Where the figures come from: file, commit, machine. */
  readonly source: string;
  readonly texts: Readonly<
    Record<
      Text,
      {
        /** Of honest answers. */
        readonly falseAlarms: readonly MeasuredShare[];
        /** By the cheat's name. */
        readonly cheats: ReadonlyMap<string, readonly MeasuredShare[]>;
      }
    >
  >;
  /** What a check costs beside generation, by ascending prompt ÷ answer. */
  readonly checkRatios: readonly { readonly promptPerAnswer: number; readonly ratio: number }[];
};

/** The longest window that an answer fills decides, as in the nodes' `judgeScore`; a shorter answer isn't judged by itself. */
export function windowFor(windows: readonly MeasuredShare[], tokens: number): MeasuredShare | undefined {
  return windows.findLast((window) => window.tokens <= tokens);
}

/** Check ÷ generation of one task: between two measured shapes in proportion, beyond them the nearest. */
export function checkRatio({ checkRatios }: Pick<Evidence, "checkRatios">, nIn: number, nOut: number): number {
  const shape = nIn / Math.max(1, nOut);
  const above = checkRatios.find(({ promptPerAnswer }) => promptPerAnswer >= shape);
  const below = checkRatios.findLast(({ promptPerAnswer }) => promptPerAnswer <= shape);
  if (above === undefined) return below?.ratio ?? Number.NaN;
  if (below === undefined || below === above) return above.ratio;
  const part = (shape - below.promptPerAnswer) / (above.promptPerAnswer - below.promptPerAnswer);
  return below.ratio + part * (above.ratio - below.ratio);
}
