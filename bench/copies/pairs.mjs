import { areaUnderRoc, cosineDistance, upperQuantile, wilsonInterval } from "@cortensor/proof";

/**
 * How well one distance tells two honest answers to a question from an honest one and a cheat's. The threshold is set by the honest pairs of every
 * other question; the figures are those of the other questions.
 * @param {readonly { honest: readonly [string, string][], cheats: Readonly<Record<string, [string, string]>> }[]} rows A question each.
 * @param {number} falseAlarmsMax
 */
export function pairFigures(rows, falseAlarmsMax, vectorOf) {
  const distance = ([left, right]) => cosineDistance(vectorOf(left), vectorOf(right));
  const distancesOf = (some) => some.filter((pair) => !pair.includes("")).map(distance);
  const [setting, held] = [0, 1].map((half) => rows.filter((_, index) => index % 2 === half));
  const threshold = upperQuantile(distancesOf(setting.flatMap(({ honest }) => honest)), 1 - falseAlarmsMax);
  const honest = distancesOf(held.flatMap((row) => row.honest));
  const above = (values) => values.filter((value) => value > threshold).length;
  const share = (hits, of) => ({ hits, of, value: hits / of, ...wilsonInterval(hits, of) });
  const cheats = Object.keys(rows[0]?.cheats ?? {}).map((cheat) => {
    const distances = distancesOf(held.map((row) => row.cheats[cheat]));
    const missed = distances.length - above(distances);
    return { cheat, missed: share(missed, distances.length), auc: areaUnderRoc(honest, distances) };
  });
  const labelled = rows.flatMap((row) => [...row.honest, ...Object.values(row.cheats)]).length;
  return { threshold, labelled, falseAlarms: share(above(honest), honest.length), cheats };
}
