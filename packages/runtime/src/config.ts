import { RuntimeError } from "./runtimeError.js";
import { Secret } from "./secret.js";

/** Turns an environment variable's text into a value, or throws an `Error` whose message says what is expected. */
export type Parser<Value> = (text: string) => Value;

/** One row of a role's configuration. A row without `fallback` must be given. */
export type Setting<Value> = {
  readonly env: string;
  readonly parse: Parser<Value>;
  readonly fallback?: Value;
  /** Unit of the fallback, for people: `ms`, `bytes`, `wei`. */
  readonly unit?: string;
  /** One sentence. */
  readonly says: string;
};

export type ConfigTable = Readonly<Record<string, Setting<unknown>>>;

/** What a table loads to. */
export type ConfigOf<Table extends ConfigTable> = {
  readonly [Name in keyof Table]: Table[Name]["parse"] extends Parser<infer Value>
    ? Value | (Table[Name] extends { readonly fallback: infer Fallback } ? Fallback : never)
    : never;
};

/** Declares a table; it gives the type, the loader, the help and the documentation. */
export function describeConfig<const Table extends ConfigTable>(table: Table): Table {
  return table;
}

/** Reads a table from the environment. Throws RUNTIME_BAD_CONFIG with every problem at once; a secret's text is never repeated. */
export function loadConfig<const Table extends ConfigTable>(
  table: Table,
  env: Readonly<Record<string, string | undefined>>,
): ConfigOf<Table> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(table)) {
    const text = env[setting.env];
    if (text === undefined || text === "") {
      if ("fallback" in setting) values[name] = setting.fallback;
      else problems.push(`${setting.env} is missing. ${setting.says}`);
      continue;
    }
    try {
      values[name] = setting.parse(text);
    } catch (error) {
      problems.push(`${setting.env}: ${error instanceof Error ? error.message : String(error)}. ${setting.says}`);
    }
  }
  if (problems.length > 0) throw new RuntimeError({ code: "RUNTIME_BAD_CONFIG", problems });
  return values as ConfigOf<Table>;
}

/** One line per setting: variable, default with its unit, sentence. */
export function formatConfigHelp(table: ConfigTable): readonly string[] {
  const width = Math.max(0, ...Object.values(table).map((setting) => setting.env.length));
  return Object.values(table).map((setting) => {
    const unit = setting.unit === undefined ? "" : ` ${setting.unit}`;
    const given = !("fallback" in setting)
      ? "required"
      : setting.fallback === undefined || setting.fallback instanceof Secret
        ? "optional"
        : `${show(setting.fallback)}${unit}`;
    return `${setting.env.padEnd(width)}  ${setting.says} (${given})`;
  });
}

/** The loaded values as `name=value`, secrets redacted. */
export function formatConfig(config: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(config).map(([name, value]) => `${name}=${show(value)}`);
}

function show(value: unknown): string {
  if (value instanceof Secret) return value.toString();
  if (typeof value === "string" || typeof value === "bigint") return value.toString();
  return JSON.stringify(value, (_key, inner) => (typeof inner === "bigint" ? inner.toString() : inner)) ?? "none";
}
