import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** One line that a command printed under `--json`. */
export type JsonLine = Readonly<Record<string, unknown>>;

/** The lines of a command's output so far, and those to come. */
export type JsonLines = {
  readonly lines: readonly JsonLine[];
  /** Resolves with the first line from `from` on that fits, however early it was; rejects when the output ends without one. */
  find(fits: (line: JsonLine) => boolean, from?: number): Promise<JsonLine>;
};

/** Of an output that ended too early: why is what it said last. */
const LINES_SAID = 5;
const LINE_CHARS_SAID = 1_000;

/** Reads a stream of JSON lines. A line that is no JSON object is kept as `{ text }`: the test that meets it fails on it. */
export function readJsonLines(stream: Readable, describe: () => string): JsonLines {
  const lines: JsonLine[] = [];
  const waiting = new Set<() => void>();
  let isEnded = false;
  const wake = () => {
    for (const check of waiting) check();
  };
  const reader = createInterface({ input: stream });
  reader.on("line", (line) => {
    lines.push(parse(line));
    wake();
  });
  reader.on("close", () => {
    isEnded = true;
    wake();
  });
  return {
    lines,
    find: (fits, from = 0) =>
      new Promise((resolve, reject) => {
        let at = from;
        const check = () => {
          for (; at < lines.length; at++) {
            const line = lines[at];
            if (line === undefined || !fits(line)) continue;
            waiting.delete(check);
            resolve(line);
            return;
          }
          if (!isEnded) return;
          waiting.delete(check);
          const last = lines.slice(-LINES_SAID).map((line) => JSON.stringify(line).slice(0, LINE_CHARS_SAID));
          reject(new Error([`the output ended without the line that was waited for`, ...last, describe()].join("\n")));
        };
        waiting.add(check);
        check();
      }),
  };
}

function parse(line: string): JsonLine {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below: the line itself is the news.
  }
  return { text: line };
}
