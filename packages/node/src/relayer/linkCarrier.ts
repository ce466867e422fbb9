import type { LinkState } from "@cortensor/chain";
import type { Bytes32, Message, UnixSeconds } from "@cortensor/protocol";

/** A message that its carrier could hand in now, or did. */
export type CarriedMessage = {
  readonly id: Bytes32;
  readonly message: Message;
  /** Where it stands at the end that takes it. */
  readonly state: LinkState;
  /** What vouches for it: messages of one are handed in together. */
  readonly proof: string;
};

/** What a transaction of a relayer's cost. */
export type RelayCost = { readonly gasUsed: bigint; readonly feeWei: bigint };

/** One way of one link, however its messages travel: what a relayer needs of it. */
export type LinkCarrier = {
  readonly name: string;
  /** Chain time at the end that takes messages, and what waits there and isn't delivered. Whatever its RPCs throw. */
  look(): Promise<{ readonly now: UnixSeconds; readonly waiting: readonly CarriedMessage[] }>;
  /** Hands in messages of one proof. Doing so again changes nothing. */
  deliver(messages: readonly CarriedMessage[]): Promise<RelayCost>;
  /** Tries a held or failed one again. */
  retry(message: CarriedMessage, gasLimit: number): Promise<RelayCost>;
};
