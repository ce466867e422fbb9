import { resolve } from "node:path";
import type { Hex } from "@cortensor/protocol";
import type { Parser } from "./config.js";
import { Secret } from "./secret.js";

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const PORT_MAX = 65_535;

/** A whole number above zero, safe as a JavaScript number. */
export const positiveInt: Parser<number> = (text) => {
  const value = wholeNumber(text);
  if (value === undefined || value < 1) throw new Error("expected a whole number above zero");
  return value;
};

/** A whole number, safe as a JavaScript number; 0 is one. */
export const count: Parser<number> = (text) => {
  const value = wholeNumber(text);
  if (value === undefined) throw new Error("expected a whole number");
  return value;
};

/** A TCP port; 0 lets the system choose. */
export const port: Parser<number> = (text) => {
  const value = wholeNumber(text);
  if (value === undefined || value > PORT_MAX) throw new Error(`expected a port, 0 to ${PORT_MAX}`);
  return value;
};

/** An absolute URL of one of the given schemes, without a trailing slash. */
export function url(...schemes: readonly string[]): Parser<string> {
  const allowed = schemes.length > 0 ? schemes : ["http", "https"];
  return (text) => {
    const parsed = URL.canParse(text) ? new URL(text) : undefined;
    if (!parsed || !allowed.includes(parsed.protocol.slice(0, -1)))
      throw new Error(`expected a URL starting with ${allowed.map((scheme) => `${scheme}://`).join(" or ")}`);
    return text.replace(/\/+$/, "");
  };
}

/** Prefixed hex of exactly this many bytes, in lower case. */
export function hexBytes(bytes: number): Parser<Hex> {
  const shape = new RegExp(`^0x[0-9a-f]{${bytes * 2}}$`);
  return (text) => {
    const lower = text.toLowerCase();
    if (!shape.test(lower)) throw new Error(`expected 0x and ${bytes * 2} hex digits`);
    return lower as Hex;
  };
}

/** A 32-byte private key: always a secret. */
export const hexKey: Parser<Secret<Hex>> = secret(hexBytes(32));

/** A file or folder; relative ones count from the working directory. */
export const path: Parser<string> = (text) => resolve(text);

/** Milliseconds from `250ms`, `5s`, `10m`, `2h` or `1d`. */
export const duration: Parser<number> = (text) => {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  const valueMs = Number(match?.[1]) * (DURATION_UNITS[match?.[2] ?? ""] ?? Number.NaN);
  if (!Number.isSafeInteger(valueMs)) throw new Error("expected a duration such as 250ms, 5s, 10m, 2h or 1d");
  return valueMs;
};

export const boolean: Parser<boolean> = (text) => {
  if (text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  throw new Error("expected true or false");
};

/** Any text. */
export const text: Parser<string> = (value) => value;

/** One of a closed set. */
export function oneOf<const Choice extends string>(...choices: readonly Choice[]): Parser<Choice> {
  return (value) => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) throw new Error(`expected one of ${choices.join(", ")}`);
    return choice;
  };
}

/** Comma-separated, each element parsed; empty elements are refused. */
export function list<Value>(element: Parser<Value>): Parser<readonly Value[]> {
  return (value) =>
    value.split(",").map((part) => {
      const trimmed = part.trim();
      if (trimmed === "") throw new Error("expected comma-separated values without empty ones");
      return element(trimmed);
    });
}

/** Whole wei. */
export const wei: Parser<bigint> = (value) => {
  if (!/^\d{1,29}$/.test(value)) throw new Error("expected a whole number of wei");
  return BigInt(value);
};

/** Wraps a parser: its value prints as redacted, and its error doesn't repeat the text. */
export function secret<Value>(parser: Parser<Value>): Parser<Secret<Value>> {
  return (value) => new Secret(parser(value));
}

function wholeNumber(value: string): number | undefined {
  const number = Number(value);
  return /^\d+$/.test(value) && Number.isSafeInteger(number) ? number : undefined;
}
