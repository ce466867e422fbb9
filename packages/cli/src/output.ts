import { CodedError } from "@cortensor/protocol";

/** What a command says: lines for people, or one JSON object a line for programs. Never both. */
export type Output = {
  /** A step done or begun, with the time since the command's start. */
  progress(event: string, sentence: string, data?: OutputData): void;
  /** Something that may need a person's eye. */
  warn(event: string, sentence: string, data?: OutputData): void;
  /** What the command was asked for: lines for people, the data for programs. */
  result(lines: readonly string[], data: OutputData): void;
  /** Text as it comes, without a line's end; programs don't get it. */
  text(text: string): void;
  fail(error: unknown): void;
  readonly isJson: boolean;
};

export type OutputData = Readonly<Record<string, unknown>>;
export type OutputParts = {
  readonly isJson: boolean;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  readonly nowMs: () => number;
};

export function createOutput({ isJson, write, writeError, nowMs }: OutputParts): Output {
  const startMs = nowMs();
  const elapsedMs = () => nowMs() - startMs;
  const json = (data: OutputData) =>
    write(
      `${JSON.stringify(data, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value))}\n`,
    );
  const stamp = () => `[${(elapsedMs() / 1_000).toFixed(1).padStart(6)}s]`;
  return {
    isJson,
    progress(event, sentence, data = {}) {
      if (isJson) json({ event, elapsedMs: elapsedMs(), message: sentence, ...data });
      else writeError(`${stamp()} ${sentence}\n`);
    },
    warn(event, sentence, data = {}) {
      if (isJson) json({ event, level: "warn", elapsedMs: elapsedMs(), message: sentence, ...data });
      else writeError(`${stamp()} ! ${sentence}\n`);
    },
    result(lines, data) {
      if (isJson) json({ event: "result", ...data });
      else write(`${lines.join("\n")}\n`);
    },
    text(text) {
      if (!isJson) write(text);
    },
    fail(error) {
      if (isJson) json({ event: "error", ...describeFailure(error) });
      else writeError(`${formatFailure(error)}\n`);
    },
  };
}

function describeFailure(error: unknown): OutputData {
  if (error instanceof CodedError) return { ...error.data, message: error.message };
  return { code: "UNEXPECTED", message: error instanceof Error ? error.message : String(error) };
}

/** A code with its facts, one a line; the stack of what nobody expected. */
function formatFailure(error: unknown): string {
  if (!(error instanceof CodedError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const facts = Object.entries({ ...error.data }).filter(([name]) => name !== "code");
  return [error.code, ...facts.map(([name, value]) => `  ${name}: ${formatFact(value)}`)].join("\n");
}

function formatFact(value: unknown): string {
  if (Array.isArray(value)) return value.map((one) => `\n    - ${formatFact(one)}`).join("");
  if (typeof value === "object" && value !== null) {
    return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? inner.toString() : inner));
  }
  return String(value);
}
