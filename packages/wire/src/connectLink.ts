import type { Address } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { NodeIdentity } from "./identity.js";
import type { LinkLimits } from "./limits.js";
import type { Authorise, Link, LinkRole } from "./link.js";

export type ConnectOptions = {
  /** `ws://host:port/wire` or `wss://…`. A TLS certificate is not checked: the handshake inside proves the peer. */
  readonly url: string;
  readonly identity: NodeIdentity;
  readonly expectPeer: { readonly role: LinkRole; readonly address?: Address };
  readonly authorise: Authorise;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: Partial<LinkLimits>;
};

/** Opens a link. Rejects with `WIRE_LINK_REFUSED` and the close reason, or `WIRE_CONNECT_FAILED`. */
export type ConnectLink = (options: ConnectOptions) => Promise<Link>;
