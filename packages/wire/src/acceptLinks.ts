import type { Server } from "node:http";
import type { Clock, Logger } from "@cortensor/runtime";
import type { CloseReason } from "./closeReason.js";
import type { NodeIdentity } from "./identity.js";
import type { LinkLimits } from "./limits.js";
import type { Authorise, Link, LinkRole } from "./link.js";

/** Where routers accept links on their HTTP server. */
export const WIRE_PATH = "/wire";

export type AcceptOptions = {
  /** Upgrades on `WIRE_PATH` become links; other upgrades are left to other listeners. */
  readonly server: Server;
  readonly identity: NodeIdentity;
  /** Role that a peer must have. */
  readonly expectRole: LinkRole;
  readonly authorise: Authorise;
  readonly onLink: (link: Link) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: Partial<LinkLimits>;
};

export type LinkAcceptor = {
  links(): number;
  /** Refuses new links, closes those there are, and resolves when all are gone. */
  close(reason: CloseReason): Promise<void>;
};

export type AcceptLinks = (options: AcceptOptions) => LinkAcceptor;
