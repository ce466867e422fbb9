/** What an operator lets sinks reach from its machine: clients name them, and they aren't to be trusted. */
export type SinkPolicy = {
  /** Private, link-local and loopback addresses. Off at a router; on where a client runs its own sinks. */
  readonly allowsPrivateAddresses: boolean;
  /** Files of this machine (`sqlite:`). */
  readonly allowsFiles: boolean;
};

/** What a router that serves strangers allows. */
export const STRANGERS_POLICY: SinkPolicy = { allowsPrivateAddresses: false, allowsFiles: false };
/** What a client allows itself on its own machine. */
export const OWN_POLICY: SinkPolicy = { allowsPrivateAddresses: true, allowsFiles: true };
