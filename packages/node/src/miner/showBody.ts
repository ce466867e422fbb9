import type { AuthorisedPeer, BodyRequest, LinkStream } from "@cortensor/wire";
import type { BodyShelf } from "./bodyShelf.js";
import type { MinerMetrics } from "./metrics.js";

/** Shows a router the body behind one of its operator's results, and ends the stream. */
export function showBody(
  stream: LinkStream,
  { address }: BodyRequest,
  parts: {
    readonly router: AuthorisedPeer;
    readonly bodies: Pick<BodyShelf, "find">;
    readonly metrics: Pick<MinerMetrics, "bodies">;
  },
): void {
  const body = parts.bodies.find(parts.router.owner, address);
  parts.metrics.bodies.add({ outcome: body === undefined ? "none" : "shown" });
  stream.send(body === undefined ? { kind: "noBody" } : { kind: "body", body });
  stream.end();
}
