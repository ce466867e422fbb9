import { isIP } from "node:net";
import type { Parser } from "./config.js";
import { url } from "./parsers.js";

const POSTGRES = url("postgres", "postgresql");
const TLS_MODES: ReadonlySet<string> = new Set(["require", "verify-ca", "verify-full"]);

/**
 * A Postgres by URL. What stands in it is its clients' words, so to another machine it goes encrypted: such a URL must say `sslmode`, and `disable`
 * is an operator's own word for a network that nobody else is on. The driver takes silence for no encryption at all.
 */
export const databaseUrl: Parser<string> = (text) => {
  const given = POSTGRES(text);
  const { hostname, searchParams } = new URL(given);
  const mode = searchParams.get("sslmode");
  if (mode !== null && mode !== "disable" && !TLS_MODES.has(mode))
    throw new Error(`expected sslmode to be disable, ${[...TLS_MODES].join(" or ")}`);
  if (mode === null && !isThisMachine(searchParams.get("host") ?? hostname))
    throw new Error(
      "expected ?sslmode=verify-full for a database on another machine, or sslmode=disable where nobody else is between",
    );
  return given;
};

/** The loopback, or a socket's folder. */
function isThisMachine(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, "");
  return (
    bare === "" ||
    bare === "localhost" ||
    bare.startsWith("/") ||
    bare === "::1" ||
    (isIP(bare) === 4 && bare.startsWith("127."))
  );
}
