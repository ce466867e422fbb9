import type { Clock, Logger } from "@cortensor/runtime";
import type { Link } from "./link.js";

export type KeepLinkOptions = {
  /** One attempt, e.g. `(signal) => connectLink({ …, signal })`. */
  readonly connect: (signal: AbortSignal) => Promise<Link>;
  /** Called for each link that stands; the next attempt begins when it is closed. */
  readonly onLink: (link: Link) => void;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Uniform in [0, 1): jitter, so that a router's restart is not met by all miners at once. */
  readonly random: () => number;
  readonly log: Logger;
};

/** Keeps one link open until the signal aborts, with jittered exponential back-off. */
export type KeepLink = (options: KeepLinkOptions) => Promise<void>;
