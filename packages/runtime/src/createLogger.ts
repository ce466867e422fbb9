import pino from "pino";
import { formatPrettyLine } from "./formatPrettyLine.js";
import { redactData } from "./redactData.js";

/** `error`: a person must act. `warn`: it may become one. `info`: rare, an operator's story. `debug`: everything else. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";
export type LogData = Readonly<Record<string, unknown>>;

/** An event and its data: a fixed sentence, an object of what varies, and the error third. */
export type Logger = {
  debug(sentence: string, data?: LogData, error?: unknown): void;
  info(sentence: string, data?: LogData, error?: unknown): void;
  warn(sentence: string, data?: LogData, error?: unknown): void;
  error(sentence: string, data?: LogData, error?: unknown): void;
  /** A logger that adds these fields to each line. */
  child(fields: LogData): Logger;
};

export type LoggerOptions = {
  /** Default `info`. */
  readonly level?: LogLevel;
  /** Which role or part speaks. */
  readonly name: string;
  /** One readable line instead of JSON. Default false. */
  readonly pretty?: boolean;
  /** Takes whole lines. Default: the standard error, so that a command's output stays its own. */
  readonly destination?: { write(line: string): unknown };
};

/** Known secret fields (keys, tokens, passwords, prompts and answers) are redacted at any depth. */
export function createLogger(options: LoggerOptions): Logger {
  const target = options.destination ?? pino.destination({ fd: 2, sync: true });
  const stream = options.pretty ? { write: (line: string) => target.write(formatPrettyLine(line)) } : target;
  const base = pino(
    {
      level: options.level ?? "info",
      base: { name: options.name },
      timestamp: pino.stdTimeFunctions.isoTime,
      // Errors are described, and redacted, before they come here.
      serializers: { err: (described: unknown) => described },
      formatters: { level: (level) => ({ level }) },
      messageKey: "msg",
    },
    { write: (line: string) => void stream.write(line) },
  );
  return wrap(base);
}

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};

function wrap(base: pino.Logger): Logger {
  const at =
    (level: "debug" | "info" | "warn" | "error") =>
    (sentence: string, data?: LogData, error?: unknown): void => {
      if (!base.isLevelEnabled(level)) return;
      const fields: Record<string, unknown> = data ? redactData(data) : {};
      if (error !== undefined) fields.err = describeError(error);
      base[level](fields, sentence);
    };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (fields) => wrap(base.child(redactData(fields))),
  };
}

/** Causes followed at most this deep: a cycle of causes must not hang the log. */
const CAUSES_MAX = 4;

function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause, ...rest } = error;
  return {
    type: name,
    message,
    ...redactData(rest),
    stack,
    ...(cause !== undefined && depth < CAUSES_MAX ? { cause: describeError(cause, depth + 1) } : {}),
  };
}
