import { pickFreePort } from "@cortensor/runtime";
import type { HomeState } from "../home/homeState.js";
import type { Output } from "../output.js";

/** Ports of a fresh local network, when they are free. */
const PREFERRED = { http: 8080, rpc: 8545, postgres: 5433 } as const;

export type Ports = { readonly [Name in keyof typeof PREFERRED]: number };

/** The ports of the last start, so that addresses stay; where one is taken, another one, and says so. */
export async function choosePorts(
  remembered: HomeState["ports"],
  { output, host, given }: { readonly output: Output; readonly host: string; readonly given: Partial<Ports> },
): Promise<Ports> {
  const choose = async (name: keyof Ports, at: string): Promise<number> => {
    const wanted = given[name] ?? remembered[name] ?? PREFERRED[name];
    const port = await pickFreePort(wanted, at);
    if (port !== wanted) {
      output.warn("port.taken", `Port ${wanted} (${name}) is taken; using ${port}`, { name, wanted, port });
    }
    return port;
  };
  // One after the other: two lookups at once may be given the same free port.
  const http = await choose("http", host);
  const rpc = await choose("rpc", "127.0.0.1");
  const postgres = await choose("postgres", "127.0.0.1");
  return { http, rpc, postgres };
}
