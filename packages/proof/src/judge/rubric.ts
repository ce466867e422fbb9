/** What a validator scores an answer by: whole points from 0 to 10 for each, which weigh as much as said here. */
export const RUBRIC = {
  answersTheQuestion: { weight: 4, says: "it answers what was asked, in the form that was asked for" },
  isCorrect: { weight: 4, says: "what it states is so" },
  isComplete: { weight: 1, says: "nothing that was asked for is missing" },
  isClear: { weight: 1, says: "a reader of the question understands it" },
} as const satisfies Readonly<Record<string, { readonly weight: number; readonly says: string }>>;

export type Criterion = keyof typeof RUBRIC;
export const CRITERIA = Object.keys(RUBRIC) as readonly Criterion[];
export const POINTS_MAX = 10;

/** One validator's points. */
export type RubricScores = Readonly<Record<Criterion, number>>;

/** The table as `docs/PROOF.md` shows it. */
export function renderRubric(): string {
  const rows = CRITERIA.map(
    (criterion) => `| \`${criterion}\` | ${RUBRIC[criterion].weight} | ${RUBRIC[criterion].says} |`,
  );
  return ["| criterion | weight | full points say |", "|---|---|---|", ...rows].join("\n");
}
