import { type Address, gateDomain, type Hex, signDoorWord } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import { askChain } from "./askChain.js";
import { type DoorServer, serveDoor } from "./doorServer.js";

/** How long a word lasts that an agent signs, and how long before its end the next one is signed. */
const WORD_SECONDS = 600;
const RENEW_SECONDS = 120;

/**
 * A member's own end of a network's RPC door, on 127.0.0.1: it signs for each request that the member is who asks, so that whatever
 * speaks plain JSON-RPC can be pointed at it. Whoever reaches it passes for the member: it listens to this machine alone.
 */
export function startDoorAgent(options: {
  readonly port: number;
  readonly doorUrl: string;
  readonly chainId: number;
  readonly gate: Address;
  readonly account: Address;
  readonly key: Hex;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}): Promise<DoorServer> {
  const { port, doorUrl, chainId, gate, account, key, clock, onError } = options;
  const domain = gateDomain({ chainId, gate });
  let word = "";
  let renewAt = 0;
  const bearer = () => {
    const issued = Math.floor(clock.nowMs() / 1_000);
    if (issued >= renewAt) {
      word = signDoorWord({ account, issued, expires: issued + WORD_SECONDS }, domain, key);
      renewAt = issued + WORD_SECONDS - RENEW_SECONDS;
    }
    return word;
  };
  return serveDoor({
    host: "127.0.0.1",
    port,
    answer: ({ body }) => askChain(doorUrl, body, bearer()),
    onError,
  });
}
