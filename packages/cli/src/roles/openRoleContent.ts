import type { ContentPlace } from "@cortensor/api";
import { type ContentNode, createContentNode, type DatumKind } from "@cortensor/data";
import { type BodyContent, createBodyContent, createSetContent, type SetContent } from "@cortensor/node";
import { type Logger, type Shutdown, systemClock } from "@cortensor/runtime";
import { collectHourly } from "./collectHourly.js";

/** Bytes of all that a role keeps for peers: years of sets. What is more isn't kept, and says so. */
const CONTENT_BYTES_MAX = 8 * 1_073_741_824;

/** Sets that wait for the node to open: a router settles a few a minute. */
const OFFERS_MAX = 64;

export type RoleContent = {
  readonly content: SetContent;
  /** Bodies of open tasks: peers', and those that were shown here where they are kept. */
  readonly bodies: BodyContent;
  readonly place: ContentPlace;
  /** Keeps what was published, beside whatever else is done. */
  readonly offer: (bytes: Uint8Array, kind: DatumKind) => void;
};

/**
 * A role's content among peers. It opens beside the role, which waits for nothing of it: until it is open, and where it can't be, what is put
 * is put later or not at all, and nothing is found. Undefined for a role that neither listens nor asks.
 */
export function openRoleContent(parts: {
  readonly folder: string;
  readonly listen: readonly string[];
  readonly peers: readonly string[];
  readonly owner: string;
  /** Whether bodies that were shown are kept. Default: no. */
  readonly keepsBodies?: boolean;
  /** HTTP endpoints of others that keep sets. */
  readonly readKeepers: () => Promise<readonly string[]>;
  readonly log: Logger;
  readonly shutdown: Shutdown;
}): RoleContent | undefined {
  const { folder, listen, peers, owner, keepsBodies: keeps = false, readKeepers, log, shutdown } = parts;
  if (listen.length === 0 && peers.length === 0) return undefined;
  const clock = systemClock;
  const nowSeconds = () => Math.floor(clock.nowMs() / 1_000);
  let addresses: readonly string[] = [];
  const opening = createContentNode({ folder, listen, peers, nowSeconds, clock, log, bytesMax: CONTENT_BYTES_MAX });
  const opened = opening.then(
    (node) => {
      ({ addresses } = node.stat());
      log.info("Content is given to peers", { addresses });
      collectHourly(node, { clock, log, signal: shutdown.signal });
      return node;
    },
    (error: unknown) => {
      log.error("Content can't be given to peers", { folder }, error);
      return undefined;
    },
  );
  const offers = new Set<Promise<void>>();
  shutdown.add("content", async () => {
    await Promise.all(offers);
    await (await opened)?.stop();
  });
  const bind = (node: ContentNode) => createSetContent({ node, owner, readKeepers, clock, log });
  const bound = opened.then((node) => (node === undefined ? undefined : bind(node)));
  const content: SetContent = {
    find: async (sha256, from) => (await bound)?.find(sha256, from),
    keep: async (bytes, kind) => (await bound)?.keep(bytes, kind),
  };
  const bodiesOf = (node: ContentNode) => createBodyContent({ node, owner, keeps, nowSeconds, log });
  const boundBodies = opened.then((node) => (node === undefined ? undefined : bodiesOf(node)));
  const bodies: BodyContent = {
    find: async (address) => (await boundBodies)?.find(address),
    keep: (body) => void boundBodies.then((bound) => bound?.keep(body)),
  };
  return {
    content,
    bodies,
    place: () => addresses,
    offer: (bytes, kind) => {
      if (offers.size >= OFFERS_MAX)
        return log.warn("Sets wait to be kept for peers; one isn't", { waiting: offers.size });
      const offered = content.keep(bytes, kind).finally(() => offers.delete(offered));
      offers.add(offered);
    },
  };
}
