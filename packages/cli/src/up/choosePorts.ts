import { pickFreePort } from "@cortensor/runtime";
import type { HomeState } from "../home/homeState.js";
import type { Output } from "../output.js";
import type { LocalProfile } from "./localGround.js";

/** Ports of a fresh local network, when they are free. */
const PREFERRED = { http: 8080, rpc: 8545, postgres: 5433 } as const;
/** The same of what layers on chains of their own need beside. */
const PREFERRED_OF_LAYERS = { l1: 8551, l3: 8553, base: 8554, solana: 8899 } as const;

type OwnPorts = { readonly [Name in keyof typeof PREFERRED]: number };
export type LayerPorts = { readonly [Name in keyof typeof PREFERRED_OF_LAYERS]: number };
export type Ports = OwnPorts & { readonly layers?: LayerPorts };

export type PortsAsked = {
  readonly output: Output;
  readonly host: string;
  readonly given: Partial<OwnPorts>;
  readonly profile: LocalProfile;
};

/** The ports of the last start, so that addresses stay; where one is taken, another one, and says so. */
export async function choosePorts(remembered: HomeState["ports"], asked: PortsAsked): Promise<Ports> {
  const { output, host, given, profile } = asked;
  const chosen = new Set<number>();
  const choose = async (name: string, wanted: number | undefined, at = "127.0.0.1"): Promise<number> => {
    let port = await pickFreePort(wanted, at);
    // Nobody listens yet on those that were chosen before.
    while (chosen.has(port)) port = await pickFreePort(undefined, at);
    chosen.add(port);
    if (wanted !== undefined && port !== wanted)
      output.warn("port.taken", `Port ${wanted} (${name}) is taken; using ${port}`, { name, wanted, port });
    return port;
  };
  // One after the other: two lookups at once may be given the same free port.
  const own = async (name: keyof OwnPorts, at?: string) =>
    choose(name, given[name] ?? remembered[name] ?? PREFERRED[name], at);
  const ports = { http: await own("http", host), rpc: await own("rpc"), postgres: await own("postgres") };
  if (profile === "single") return ports;
  // Whoever names a port runs networks side by side: then the others are free ones.
  const usual = (name: keyof LayerPorts) => (given.rpc === undefined ? PREFERRED_OF_LAYERS[name] : undefined);
  const layer = async (name: keyof LayerPorts) => choose(name, remembered[name] ?? usual(name));
  const layers = {
    l1: await layer("l1"),
    l3: await layer("l3"),
    base: await layer("base"),
    solana: await layer("solana"),
  };
  return { ...ports, layers };
}

/** What the next start is to find again. */
export function toRemembered({ layers, ...ports }: Ports): HomeState["ports"] {
  return { ...ports, ...layers };
}
