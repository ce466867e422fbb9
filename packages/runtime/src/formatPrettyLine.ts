/** Turns one JSON log line into one for people: time, level, who, the sentence, and its data as `key=value`. */
export function formatPrettyLine(line: string): string {
  const entry: unknown = JSON.parse(line);
  if (typeof entry !== "object" || entry === null) return line;
  const { time, level, name, msg, err, pid: _pid, hostname: _hostname, ...data } = entry as Record<string, unknown>;
  const clockTime = typeof time === "string" ? time.slice(11, 19) : "";
  const pairs = Object.entries(data).map(([key, value]) => `${key}=${formatValue(value)}`);
  const head = `${clockTime} ${String(level).padEnd(5)} ${String(name)}: ${String(msg)}`;
  const failure = err === undefined ? [] : [`error=${formatValue(messageOf(err))}`];
  return `${[head, ...pairs, ...failure].join("  ")}\n`;
}

function formatValue(value: unknown): string {
  if (typeof value === "string") return /[\s=]/.test(value) ? JSON.stringify(value) : value;
  return JSON.stringify(value) ?? String(value);
}

function messageOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "message" in error ? error.message : error;
}
