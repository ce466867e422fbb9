import type { IncomingMessage } from "node:http";

/** Headers that are between two machines alone. `expect` has been answered by then. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  ...["connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization"],
  ...["te", "trailer", "transfer-encoding", "upgrade", "expect"],
]);

type Head = Pick<IncomingMessage, "headers" | "rawHeaders">;

/** A message's headers as they came, name and value in turn, without those of the connection it came by: also what `connection` names is. */
export function endToEndHeaders({ headers, rawHeaders }: Head): string[] {
  const named = (headers.connection ?? "").toLowerCase().split(",");
  const dropped = new Set([...HOP_BY_HOP, ...named.map((name) => name.trim())]);
  // Otherwise `connection: content-length` would take a body's end away.
  dropped.delete("content-length");
  dropped.delete("host");
  return headerPairs(rawHeaders).flatMap(([name, value]) => (dropped.has(name.toLowerCase()) ? [] : [name, value]));
}

export function headerPairs(rawHeaders: readonly string[]): readonly (readonly [string, string])[] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, at) => [
    rawHeaders[2 * at] ?? "",
    rawHeaders[2 * at + 1] ?? "",
  ]);
}

/** How a request's body ends, for one that goes on: by the length that it came with, by chunks, or at once. */
export function bodyHeaders({ headers }: Pick<IncomingMessage, "headers">): string[] {
  if (headers["transfer-encoding"] !== undefined) return ["transfer-encoding", "chunked"];
  return headers["content-length"] === undefined ? ["content-length", "0"] : [];
}
