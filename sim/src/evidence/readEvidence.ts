import { wilsonInterval } from "@cortensor/proof";
import { type Evidence, type MeasuredShare, TEXTS, type Text } from "./evidence.js";

/** The file that miners of the simulated networks offer: what is found of others is measured too. */
const ASKED = "Q8_0";
/** At which the simulated networks' users ask: a colder sampler shows other cheats, and hides others. */
const TEMPERATURE = 1;

type Row = Readonly<Record<string, unknown>>;

/**
 * Reads the lines that `npm run bench -- proof` keeps. Throws a RangeError, naming the line, for one that isn't of that bench, and when
 * the cost or the false alarms are missing: nothing is filled in.
 */
export function readEvidence(lines: string, file: string): Evidence {
  const rows = lines
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line, index) => parseRow(line, index + 1));
  const [first] = rows;
  if (first === undefined) throw new RangeError(`${file}: no lines`);
  const checkRatios = rows
    .filter(({ metric }) => metric === "check_ratio" || metric === "check_ratio_curve")
    .map((row) => ({
      promptPerAnswer: numberOf(row, "promptTokens") / numberOf(row, "answerTokens"),
      ratio: numberOf(row, "value"),
    }))
    .sort((left, right) => left.promptPerAnswer - right.promptPerAnswer);
  if (checkRatios.length === 0) throw new RangeError(`${file}: what a check costs is missing`);
  const found = rows.filter(
    ({ cheat, asked = ASKED, temperature = TEMPERATURE }) =>
      cheat !== undefined && asked === ASKED && temperature === TEMPERATURE,
  );
  const texts = Object.fromEntries(TEXTS.map((text) => [text, textOf(found.filter((row) => row.text === text))]));
  if (texts.rich?.falseAlarms.length === 0) throw new RangeError(`${file}: false alarms are missing`);
  return {
    source: `${file}, commit ${String(first.commit)}, ${String(first.machine)}`,
    texts: texts as Evidence["texts"],
    checkRatios,
  };
}

function textOf(rows: readonly Row[]): Evidence["texts"][Text] {
  const falseAlarms = new Map<number, MeasuredShare>();
  const cheats = new Map<string, MeasuredShare[]>();
  for (const row of rows) {
    const tokens = numberOf(row, "windowTokens");
    const alarms = row.falseAlarms as Row;
    const [hits, trials] = [numberOf(alarms, "suspected"), numberOf(alarms, "windows")];
    falseAlarms.set(tokens, shareOf(tokens, hits, trials));
    const windows = numberOf(row, "windows");
    const cheat = String(row.cheat);
    cheats.set(cheat, [
      ...(cheats.get(cheat) ?? []),
      shareOf(tokens, Math.round(numberOf(row, "value") * windows), windows),
    ]);
  }
  for (const windows of cheats.values()) windows.sort(byTokens);
  return { falseAlarms: [...falseAlarms.values()].sort(byTokens), cheats };
}

function shareOf(tokens: number, hits: number, windows: number): MeasuredShare {
  return { tokens, windows, share: windows === 0 ? 0 : hits / windows, ...wilsonInterval(hits, windows) };
}

function byTokens(left: MeasuredShare, right: MeasuredShare): number {
  return left.tokens - right.tokens;
}

function parseRow(line: string, number: number): Row {
  const row: unknown = JSON.parse(line);
  if (typeof row !== "object" || row === null || (row as Row).bench !== "proof") {
    throw new RangeError(`line ${number} isn't of the proof bench`);
  }
  return row as Row;
}

function numberOf(row: Row, name: string): number {
  const value = row[name];
  if (typeof value !== "number" || !Number.isFinite(value)) throw new RangeError(`${name} is no number`);
  return value;
}
