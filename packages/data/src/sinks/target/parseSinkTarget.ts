import { resolve } from "node:path";
import { Secret } from "@cortensor/runtime";
import { z } from "zod";
import { isLoopbackHost } from "../../address/privateAddress.js";
import { TARGET_BYTES_MAX } from "../limits.js";
import { badTarget } from "./badTarget.js";
import type { ServerTarget, SinkTarget } from "./sinkTarget.js";
import { parseWebhookSecret } from "./webhookSecret.js";

/** What a table's name begins with, unless said otherwise. */
export const DEFAULT_PREFIX = "cortensor";

const IDENTIFIER = /^[a-z_][a-z0-9_]{0,39}$/;
const optionsSchema = z.strictObject({
  url: z.string(),
  secret: z.string().optional(),
  ca: z.string().optional(),
  schema: z.string().optional(),
  table: z.string().optional(),
});
type TargetOptions = z.output<typeof optionsSchema>;

/**
 * Reads where a session's records go: a URL, or JSON `{"url", "secret"?, "ca"?, "schema"?, "table"?}`. URLs: `postgres://`,
 * `mysql://`, `mariadb://`, `sqlite:` with a file, `https://` with `#whsec_…`.
 *
 * Throws SINK_BAD_TARGET; its reason never quotes what was given.
 */
export function parseSinkTarget(text: string): SinkTarget {
  if (Buffer.byteLength(text) > TARGET_BYTES_MAX) throw badTarget(`longer than ${TARGET_BYTES_MAX} bytes`);
  const options = text.trimStart().startsWith("{") ? parseOptions(text) : { url: text.trim() };
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(options.url)?.[1]?.toLowerCase();
  switch (scheme) {
    case "postgres":
    case "postgresql":
      return serverTarget(options, "postgres");
    case "mysql":
    case "mariadb":
      return serverTarget(options, "mysql");
    case "sqlite":
      return fileTarget(options);
    case "https":
    case "http":
      return webhookTarget(options);
    case "libsql":
      throw badTarget("a libsql server can't be written to yet; name a file with sqlite:");
    default:
      throw badTarget("expected postgres://, mysql://, mariadb://, sqlite: or https://");
  }
}

function parseOptions(text: string): TargetOptions {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw badTarget("begins as JSON and is none");
  }
  const parsed = optionsSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw badTarget("expected url, and perhaps secret, ca, schema, table, all texts and nothing else");
}

function serverTarget(options: TargetOptions, kind: "postgres" | "mysql"): ServerTarget {
  refuseOptions(options, kind === "postgres" ? ["secret"] : ["secret", "schema"]);
  const url = parseUrl(options.url);
  const query = readQuery(url, kind === "postgres" ? ["sslmode", "schema", "table"] : ["sslmode", "table"]);
  if (url.hash !== "") throw badTarget("a database's URL has no fragment");
  const host = hostOf(url);
  const database = decode(url.pathname.slice(1), "database");
  if (database === "" || database.includes("/")) throw badTarget("expected one database after the host");
  const user = decode(url.username, "user");
  if (user === "") throw badTarget("expected a user");
  const schema = identifier(query.get("schema") ?? options.schema, "schema");
  const prefix = identifier(query.get("table") ?? options.table, "table") ?? DEFAULT_PREFIX;
  return {
    kind,
    host,
    port: url.port === "" ? DEFAULT_PORTS[kind] : Number(url.port),
    database,
    user,
    password: new Secret(decode(url.password, "password")),
    tls: tlsOf(query.get("sslmode"), host),
    ...(options.ca === undefined ? {} : { ca: certificates(options.ca) }),
    ...(schema === undefined ? {} : { schema }),
    prefix,
  };
}

const DEFAULT_PORTS = { postgres: 5_432, mysql: 3_306 } as const;

/** `require` asks for encryption without saying whose: here it is checked whose all the same. */
function tlsOf(mode: string | undefined, host: string): "verify" | "off" {
  if (mode === undefined) return isLoopbackHost(host) ? "off" : "verify";
  if (mode === "disable") return "off";
  if (mode === "require" || mode === "verify-full") return "verify";
  throw badTarget("expected sslmode to be disable, require or verify-full");
}

function fileTarget(options: TargetOptions): SinkTarget {
  refuseOptions(options, ["secret", "ca", "schema"]);
  const rest = options.url.slice("sqlite:".length);
  const [given = "", search] = rest.split("?", 2);
  const query = new Map(search === undefined ? [] : new URLSearchParams(search));
  for (const name of query.keys()) if (name !== "table") throw badTarget("a file's URL takes table and nothing else");
  const path = given.startsWith("//") ? given.slice(2) : given;
  if (given.startsWith("//") && !path.startsWith("/"))
    throw badTarget("a file's URL names no host: sqlite:///folder/file");
  if (path === "" || path.startsWith(":")) throw badTarget("expected a file");
  if (path.includes("#") || path.includes("\0")) throw badTarget("a file's name has no # and no NUL");
  return {
    kind: "sqlite",
    path: resolve(decode(path, "file")),
    prefix: identifier(query.get("table") ?? options.table, "table") ?? DEFAULT_PREFIX,
  };
}

function webhookTarget(options: TargetOptions): SinkTarget {
  refuseOptions(options, ["schema", "table"]);
  const url = parseUrl(options.url);
  if (url.username !== "" || url.password !== "") throw badTarget("a webhook's URL has no user; requests are signed");
  const host = hostOf(url);
  const secret = options.secret ?? decode(url.hash.slice(1), "secret");
  url.hash = "";
  const tls = url.protocol === "https:" ? "verify" : "off";
  return {
    kind: "webhook",
    url: new Secret(url.href),
    host,
    port: url.port === "" ? (tls === "verify" ? 443 : 80) : Number(url.port),
    tls,
    ...(options.ca === undefined ? {} : { ca: certificates(options.ca) }),
    secret: new Secret(parseWebhookSecret(secret)),
  };
}

function parseUrl(text: string): URL {
  if (!URL.canParse(text))
    throw badTarget("not a URL; a password's special characters are written as %40 and the like");
  return new URL(text);
}

function hostOf(url: URL): string {
  const host = decode(url.hostname, "host").replace(/^\[(.*)\]$/, "$1");
  if (host === "" || host.includes("/")) throw badTarget("expected a host");
  return host;
}

function readQuery(url: URL, known: readonly string[]): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (!known.includes(name)) throw badTarget(`a parameter other than ${known.join(", ")}`);
    if (query.has(name)) throw badTarget(`${name} stands twice`);
    query.set(name, value);
  }
  return query;
}

function refuseOptions(options: TargetOptions, names: readonly (keyof TargetOptions)[]): void {
  for (const name of names) if (options[name] !== undefined) throw badTarget(`this kind of sink takes no ${name}`);
}

function identifier(name: string | undefined, what: string): string | undefined {
  if (name !== undefined && !IDENTIFIER.test(name))
    throw badTarget(`expected ${what} to be a–z, 0–9 and _, at most 40, not beginning with a digit`);
  return name;
}

function certificates(pem: string): string {
  if (!pem.includes("-----BEGIN CERTIFICATE-----")) throw badTarget("expected ca to be certificates in PEM");
  return pem;
}

function decode(text: string, what: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text);
  } catch {
    throw badTarget(`${what} is badly escaped`);
  }
  if (decoded.includes("\0")) throw badTarget(`${what} has a NUL`);
  return decoded;
}
