import { WIRE_PATH } from "@cortensor/wire";

/** Where a router found by its HTTP address takes its miners: also one that shares its address with others, below its own path. */
export function toWireUrl(routerUrl: string): string {
  const url = new URL(routerUrl);
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${WIRE_PATH}`;
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.toString();
}
