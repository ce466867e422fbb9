import type { TrialChain } from "@cortensor/chain";
import type { Address, Message } from "@cortensor/protocol";
import type { LinkCarrier } from "../linkCarrier.js";

/** Two chains, or the same one twice, with what sends and receives on each. */
export type TrialWorld = {
  readonly near: TrialChain;
  readonly far: TrialChain;
  /** `TrialPost` of each end: also its pause hook, and its meter where an adapter has one. */
  readonly nearPost: Address;
  readonly farPost: Address;
};

/** Both ends of an adapter, deployed. */
export type OpenedMessenger = {
  readonly near: Address;
  readonly far: Address;
  /** First block of each chain with anything of its end. */
  readonly nearFromBlock: number;
  readonly farFromBlock: number;
  /** New carriers, one for each way: near to far, and back. As a relayer that starts has them: they know nothing of the ones before. */
  openCarriers(): readonly [LinkCarrier, LinkCarrier];
  /** Lets pass whatever has to before what was sent can be handed in: times, epochs, others' signatures. */
  ripen(): Promise<void>;
  /** A stranger's try to hand in at the far end what the near one never sent. Gives whether it was taken; it may reject. */
  forge(message: Message): Promise<boolean>;
};

/**
 * An adapter as its author describes it: what it is called, whether messages are delivered as they are sent, and how its ends are deployed. A package exports one as
 * `messengerAdapter`.
 */
export type MessengerAdapter = {
  readonly name: string;
  /** Near and far are one contract on one chain, which delivers at once. */
  readonly isAtOnce: boolean;
  /** While deliveries are paused, what is handed in is refused; else it is held. */
  readonly refusesWhilePaused: boolean;
  open(world: TrialWorld): Promise<OpenedMessenger>;
};
