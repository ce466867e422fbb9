import { type ContentNode, cidOfDigest, createContentNode, retainUntil } from "@cortensor/data";
import { DISPUTE_WINDOW_SECONDS, type RequestContent } from "@cortensor/node";
import { REQUEST_BYTES_MAX } from "@cortensor/protocol";
import { type Logger, type Shutdown, systemClock } from "@cortensor/runtime";
import type { RoleContent } from "./openRoleContent.js";

/** Whose pins they are. */
const OWNER = "queue";
/** Pause between two collections of what has run out. */
const COLLECT_MS = 3_600_000;

export type OpenRequestContentParts = {
  readonly folder: string;
  /** Routes asked by SHA-256: other routers' `/api/v1/requests`, as a rule. */
  readonly routes: readonly string[];
  /** What its peers have. */
  readonly shared?: Pick<RoleContent, "content">;
  readonly log: Logger;
  readonly shutdown: Pick<Shutdown, "add">;
};

/** A router's own content, for the requests that the session queue's tasks name by CID: kept in a folder, and fetched from routes and peers. */
export async function openRequestContent(parts: OpenRequestContentParts): Promise<RequestContent> {
  const { folder, routes, shared, log, shutdown } = parts;
  const node = await createContentNode({
    folder,
    nowSeconds,
    clock: systemClock,
    log,
    routes: routes.map((url) => ({ url, names: "digest" })),
  });
  shutdown.add("content", () => node.stop());
  const own = createRequestContent(node);
  return shared === undefined ? own : amongPeers(own, { content: shared.content, routers: routes });
}

/** Asks peers where neither the folder nor a route has it: those that were named, and those of the routes' routers. */
function amongPeers(
  own: RequestContent,
  { content, routers }: { readonly content: RoleContent["content"]; readonly routers: readonly string[] },
): RequestContent {
  return {
    ...own,
    find: async (digest, bounds) =>
      (await own.find(digest, bounds)) ?? content.find(digest, { ...bounds, routers, kind: "request" }),
  };
}

/** The same over a node of content that is open already. */
export function createRequestContent(node: ContentNode): RequestContent {
  let collectedMs = systemClock.nowMs();
  const collect = async (): Promise<void> => {
    if (systemClock.nowMs() < collectedMs + COLLECT_MS) return;
    collectedMs = systemClock.nowMs();
    await node.collect();
  };
  return {
    find: (digest, bounds) => node.findWhole(digest, bounds),
    async keep(body) {
      const untilSeconds = retainUntil("request", {
        nowSeconds: nowSeconds(),
        disputeWindowSeconds: DISPUTE_WINDOW_SECONDS,
      });
      await node.put([body], { kind: "request", privacy: "open", form: "plain", owner: OWNER, untilSeconds });
      await collect();
    },
    async show(digest) {
      const root = cidOfDigest(digest);
      // Other content of the folder isn't a request's, and may not be for everybody.
      const isRequest = node.pinsOf(root).some(({ kind }) => kind === "request");
      if (!isRequest || !node.has(root)) return undefined;
      return node.findWhole(digest, { bytesMax: REQUEST_BYTES_MAX, signal: AbortSignal.timeout(SHOW_MS) });
    },
  };
}

/** It is on this machine's disk. */
const SHOW_MS = 10_000;

function nowSeconds(): number {
  return Math.floor(systemClock.nowMs() / 1_000);
}
