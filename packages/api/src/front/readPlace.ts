/** Below it each network has its router's own paths. */
export const NETWORKS_PATH = "/networks";

/** A network's name as its path has it: what no URL writes otherwise. `v1` is none: a base URL that ends so is taken for one of OpenAI's. */
export function isNetworkSegment(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,63}$/.test(text) && text !== "v1";
}

/** What the URL of a request names. `path` is what its router is asked for, with the query. */
export type Place =
  | { readonly kind: "list" }
  | { readonly kind: "network"; readonly name: string; readonly path: string }
  | { readonly kind: "root"; readonly path: string }
  /** It could be read in two ways, or leads out of the network that it names. */
  | { readonly kind: "refused"; readonly path: string };

/**
 * Which network a request is for: by its first two segments alone. A router is handed the rest as it came, so that nobody reads a URL
 * twice in different ways: one with an empty segment, one that is a dot or two, plain or encoded, or a backslash is refused.
 */
export function readPlace(url: string): Place {
  const [pathname = "", query] = cutOnce(url, "?");
  const search = query === undefined ? "" : `?${query}`;
  const isBelow = pathname === NETWORKS_PATH || pathname.startsWith(`${NETWORKS_PATH}/`);
  const [name = "", rest = ""] = isBelow ? cutOnce(pathname.slice(NETWORKS_PATH.length + 1), "/") : [];
  const path = isBelow ? `/${rest}` : pathname;
  if (!isPlain(pathname)) return { kind: "refused", path };
  if (!isBelow) return { kind: "root", path: `${path}${search}` };
  if (name === "") return { kind: "list" };
  return { kind: "network", name, path: `${path}${search}` };
}

function isPlain(pathname: string): boolean {
  const decoded = decode(pathname);
  if (decoded === undefined || !pathname.startsWith("/") || /[\\\0#]/.test(decoded)) return false;
  const segments = decoded.slice(1).split("/");
  // A slash at the end makes the last one empty.
  return segments.every((one, at) => one !== "." && one !== ".." && (one !== "" || at === segments.length - 1));
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function cutOnce(text: string, at: string): readonly [string, string?] {
  const where = text.indexOf(at);
  return where === -1 ? [text] : [text.slice(0, where), text.slice(where + at.length)];
}
