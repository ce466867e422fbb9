import { join } from "node:path";
import type { Address, Bytes32 } from "@cortensor/protocol";
import { type Clock, type Logger, runLoop } from "@cortensor/runtime";
import type { Link } from "@cortensor/wire";
import type { Identity } from "../../host/index.js";
import { EnvelopeDesk } from "./envelopeDesk.js";
import type { PrekeyChain } from "./prekeyChain.js";
import { PrekeyDesk } from "./prekeyDesk.js";
import { openPrekeyShelf } from "./prekeyShelf.js";

/** What a miner needs beside its usual parts for clients to seal to it. */
export type SealedParts = { readonly chain: PrekeyChain; readonly randomBytes32: () => Bytes32 };

type Parts = {
  readonly sealed?: SealedParts;
  readonly config: { readonly outboxFolder: string; readonly chainPollMs: number };
  readonly identity: Identity;
  readonly nowSeconds: () => number;
  readonly clock: Clock;
  readonly log: Logger;
};

/** A miner's side of sealed sessions; undefined where it has none. Its prekeys lie in a folder beside its store. */
export function openSealing(parts: Parts, links: ReadonlyMap<Address, Link>) {
  const { sealed, config, identity, nowSeconds, clock, log } = parts;
  if (sealed === undefined) return undefined;
  const shelf = openPrekeyShelf({ folder: join(config.outboxFolder, "prekeys"), log });
  const tell = (link: Link): void => link.notify("prekeys", { bundles: prekeys.bundles() });
  const onChange = (): void => {
    for (const link of links.values()) tell(link);
  };
  const { chain, randomBytes32 } = sealed;
  const prekeys = new PrekeyDesk({ chain, shelf, signer: identity.signer, nowSeconds, log, onChange });
  return {
    envelopes: new EnvelopeDesk({ self: identity.node.address, prekeys, clock, randomBytes32 }),
    /** Shows a router what clients may seal to. */
    tell,
    /** Makes, posts and destroys prekeys as their time comes, until the signal. */
    keep: (signal: AbortSignal): Promise<void> =>
      runLoop({
        name: "miner's prekeys",
        everyMs: config.chainPollMs,
        clock,
        signal,
        work: () => prekeys.round(),
        onError: (error) => log.warn("Prekeys could not be posted", {}, error),
      }),
  };
}
