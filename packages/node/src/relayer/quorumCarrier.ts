import { ChainError, type ChainWriter, deliverMessages, readBlock, retryMessage } from "@cortensor/chain";
import type { Bytes32 } from "@cortensor/protocol";
import type { KnownOutbox, LinkBook } from "../links/index.js";
import type { CarriedMessage, LinkCarrier, RelayCost } from "./linkCarrier.js";
import { LinkStates } from "./linkStates.js";
import { costOf } from "./relayCost.js";

export type QuorumCarrierParts = {
  readonly book: LinkBook;
  readonly sender: Pick<ChainWriter, "send">;
  /** Blocks after which a delivery isn't looked at again. */
  readonly finalityBlocks: number;
};

/** Carries by the outboxes that guards signed: with a path to a root that nobody took out, once its challenge is over. */
export function createQuorumCarrier({ book, sender, finalityBlocks }: QuorumCarrierParts): LinkCarrier {
  const { link, way } = book;
  const states = new LinkStates(link.dst, finalityBlocks);
  const outboxOf = (epoch: number) => {
    const posted = book.posted().find((one) => one.epoch === epoch && one.challengedAt === undefined);
    return posted && book.postedOutbox(posted);
  };

  const deliver = async (messages: readonly CarriedMessage[]): Promise<RelayCost> => {
    const epoch = Number(messages[0]?.proof);
    const outbox = outboxOf(epoch);
    const places = new Map(outbox?.messages.map(({ id }, index) => [id, index]));
    const given = messages.flatMap(({ id, message }) => {
      const place = places.get(id);
      return place === undefined || outbox === undefined ? [] : [{ message, path: outbox.pathOf(place) }];
    });
    if (given.length === 0) return { gasUsed: 0n, feeWei: 0n };
    const parts = { messages: given.map(({ message }) => message), paths: given.map(({ path }) => path) };
    return costOf(link.dst, await deliverMessages(sender, { end: link.dst, epoch, ...parts }));
  };

  return {
    name: `quorum.${way.src}.${way.dst}.${way.dstMessenger}`,
    look: async () => {
      await book.look();
      const head = await readBlock(link.dst, "latest");
      const now = head?.timestamp ?? 0;
      const ready = book.posted().filter((one) => isReady(one, now));
      const first = new Map<Bytes32, Omit<CarriedMessage, "state">>();
      for (const posted of ready) {
        for (const message of book.postedOutbox(posted)?.messages ?? []) {
          if (!first.has(message.id)) first.set(message.id, { id: message.id, message, proof: String(posted.epoch) });
        }
      }
      const at = await states.read([...first.keys()], Number(head?.number ?? 0n));
      const carried = [...first.values()].map((one) => ({ ...one, state: at.get(one.id) ?? "none" }));
      return { now, waiting: carried.filter(({ state }) => state !== "delivered") };
    },
    deliver,
    retry: async (carried, gasLimit) => {
      const again = async () =>
        costOf(link.dst, await retryMessage(sender, { end: link.dst, message: carried.message, gasLimit }));
      try {
        return await again();
      } catch (error) {
        if (!isOfFallenRoot(error)) throw error;
        // It came by a root that was taken out since: shown under one that stands, it may be tried again.
        const shown = await deliver([carried]);
        const tried = await again();
        return { gasUsed: shown.gasUsed + tried.gasUsed, feeWei: shown.feeWei + tried.feeWei };
      }
    },
  };
}

function isOfFallenRoot(error: unknown): boolean {
  return (
    error instanceof ChainError && error.data.code === "CHAIN_REVERTED" && error.data.error === "OutboxIsChallenged"
  );
}

function isReady({ deliverableAt, challengedAt }: KnownOutbox, now: number): boolean {
  return challengedAt === undefined && now >= deliverableAt;
}
