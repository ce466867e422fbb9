import { type ChainWriter, postOutbox, readBlock, readLinkSet } from "@cortensor/chain";
import { outboxDigest, outboxEquivocationOf } from "@cortensor/protocol";
import type { LinkBook } from "../../links/index.js";
import type { RootSource } from "./rootSource.js";

/** A way's outboxes as a source of roots: read at both ends, signed under the receiving messenger's domain, posted to it. */
export function createOutboxSource(parts: {
  readonly book: LinkBook;
  /** Sends on the destination's chain. */
  readonly sender: Pick<ChainWriter, "send">;
}): RootSource {
  const { book, sender } = parts;
  const { link, way } = book;
  return {
    name: `outbox.${way.src}.${way.dst}.${way.dstMessenger}`,
    readTimes: async () => {
      const { times } = await book.guards();
      const head = await readBlock(link.dst, "latest");
      return { times, now: head?.timestamp ?? times.t0 };
    },
    readSet: async (epoch) => readLinkSet(link.dst, (await book.guards()).guardSets, epoch),
    readPosted: (epoch) => book.readPosted(epoch),
    compute: async (epoch) => {
      await book.look();
      const made = book.outboxOf(epoch);
      switch (made.kind) {
        case "outbox":
          return { kind: "root", root: made.root };
        case "empty":
          return { kind: "empty" };
        case "notFinal":
        case "reorganised":
          return { kind: "refused", why: made.kind };
      }
    },
    digestOf: (of) => outboxDigest(way, of),
    post: async ({ epoch, root, packed: quorum }) => {
      await postOutbox(sender, { end: link.dst, epoch, root, quorum });
    },
    offenceOf: (epoch, one, two) => outboxEquivocationOf({ way, epoch }, one, two),
  };
}
