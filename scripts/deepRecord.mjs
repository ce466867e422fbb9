/** What one run of `npm run deep` may take. A part that may not end in time is left for the next run. */
export const DEEP_RUN_SECONDS = 1_800;

/** The record to go on from: the kept one if it is of the same sources and these parts, else an empty one. */
export function recordToContinue(kept, { deep, says, commit, sources, machine, partNames }) {
  const isSame =
    kept?.sources === sources &&
    kept.parts?.every(({ part }) => partNames.includes(part)) &&
    kept.of === partNames.length;
  return { deep, says, commit, sources, machine, of: partNames.length, parts: isSame ? kept.parts : [] };
}

/** Parts that haven't passed yet, in order. */
export function partsLeft(record, partNames) {
  const done = new Set(record.parts.filter(({ failed }) => failed === 0).map(({ part }) => part));
  return partNames.filter((name) => !done.has(name));
}

/** The record with one more part; one that ran before is replaced. */
export function withPart(record, part) {
  return { ...record, parts: [...record.parts.filter((other) => other.part !== part.part), part] };
}

/** Whether the next part may begin: it is taken to last as long as the longest so far. */
export function hasTimeFor(record, elapsedSeconds) {
  const longest = Math.max(0, ...record.parts.map(({ seconds }) => seconds));
  return elapsedSeconds + longest <= DEEP_RUN_SECONDS;
}

/** The sums that the record ends with: of tests and seconds, and of whatever else its parts count. */
export function totals(record) {
  const keys = new Set(["passed", "failed", "seconds"]);
  for (const part of record.parts) {
    for (const [key, value] of Object.entries(part)) if (typeof value === "number") keys.add(key);
  }
  const add = (key) => record.parts.reduce((sum, part) => sum + (part[key] ?? 0), 0);
  return Object.fromEntries([...keys].map((key) => [key, add(key)]));
}
