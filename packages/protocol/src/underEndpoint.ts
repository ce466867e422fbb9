/**
 * The URL of a path, which begins with a slash, below an endpoint as a node registers it: also where that has a path of its own, as a
 * router that shares its address with others. Undefined for no address of HTTP: what a registry says of a node is the node's own word.
 */
export function underEndpoint(endpoint: string, path: string): string | undefined {
  if (!URL.canParse(endpoint)) return undefined;
  const { protocol, origin, pathname } = new URL(endpoint);
  if (protocol !== "http:" && protocol !== "https:") return undefined;
  return `${origin}${pathname.replace(/\/+$/, "")}${path}`;
}
