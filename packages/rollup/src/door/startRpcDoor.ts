import { type Address, gateDomain, type MemberRole, MemberStandings } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import { answerDoor } from "./answerDoor.js";
import { askChain } from "./askChain.js";
import { DoorCallers } from "./doorCallers.js";
import type { DoorEntry } from "./doorEntry.js";
import { type DoorServer, serveDoor } from "./doorServer.js";
import { createKeySource } from "./keySource.js";
import type { TokenRules } from "./verifyToken.js";

export type RpcDoorOptions = {
  readonly host: string;
  readonly port: number;
  /** The chain behind the door: reachable from here alone. */
  readonly chainUrl: string;
  readonly chainId: number;
  /** The network's `PrivateNetwork`. */
  readonly gate: Address;
  /** What the gate says of an account now. */
  readonly readRole: (account: Address) => Promise<MemberRole>;
  /** Members by the SHA-256, in hex, of the keys that were given to them: `hashDoorKey`. */
  readonly keys?: ReadonlyMap<string, Address>;
  /** Whose tokens stand for whom. `keysPlace`: a file, or an `https` address. */
  readonly provider?: TokenRules & { readonly keysPlace: string; readonly accountOf: ReadonlyMap<string, Address> };
  readonly clock: Clock;
  readonly onEntry: (entry: DoorEntry) => void;
  readonly onError: (error: unknown) => void;
};

/**
 * Opens the RPC door of a private network: JSON-RPC for its members alone. A member shows its own signed word, a token of its identity
 * provider, or a key that it was given; the gate is asked in which role it stands, so that a revocation holds within seconds for all three.
 */
export function startRpcDoor(options: RpcDoorOptions): Promise<DoorServer> {
  const { host, port, chainUrl, chainId, gate, provider, clock, onEntry, onError } = options;
  const nowMs = () => clock.nowMs();
  const nowSeconds = () => Math.floor(clock.nowMs() / 1_000);
  const callers = new DoorCallers({
    domain: gateDomain({ chainId, gate }),
    keys: options.keys ?? new Map(),
    ...(provider && {
      provider: { ...provider, source: createKeySource({ place: provider.keysPlace, nowMs, onError }) },
    }),
    nowSeconds,
  });
  const standings = new MemberStandings({ readRole: options.readRole, nowMs });
  const forward = async (body: string) => (await askChain(chainUrl, body)).body;
  const parts = { gate, callers, standings, forward, nowSeconds, onEntry, onError };
  return serveDoor({ host, port, answer: ({ bearer, body }) => answerDoor(parts, bearer, body), onError });
}
