import { CliError } from "./cliError.js";

const UNIT_SECONDS = { m: 60, h: 3_600, d: 86_400 } as const;
/** A key that lives longer than anybody remembers it should have been asked for anew. */
const DAYS_MAX = 3_660;

/** Unix seconds of an end: so long from now (`90m`, `12h`, `30d`), or a date (`2027-01-31`, `2027-01-31T12:00Z`). */
export function parseEnd(text: string, nowMs: number): number {
  const nowSeconds = Math.floor(nowMs / 1_000);
  const end = secondsOf(text, nowSeconds);
  if (end !== undefined && end > nowSeconds && end <= nowSeconds + DAYS_MAX * UNIT_SECONDS.d) return end;
  const expected = `a time ahead, at most ${DAYS_MAX} days: 12h, 30d or 2027-01-31`;
  throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: text, expected });
}

function secondsOf(text: string, nowSeconds: number): number | undefined {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (unit === "m" || unit === "h" || unit === "d") return nowSeconds + Number(count) * UNIT_SECONDS[unit];
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z)?$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1_000);
}
