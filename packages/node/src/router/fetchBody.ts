import { type Address, type Bytes32, bodyFault, type SegmentBody } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import type { BodyContent } from "../host/index.js";
import { askBody } from "./askBody.js";
import type { MinerBoard } from "./minerBoard.js";

/** A miner reads one record and sends at most a few megabytes; one that takes longer has none. */
const BODY_TIMEOUT_MS = 10_000;

export type FetchBodyParts = {
  /** Bodies among peers: asked where no miner shows one. Absent: none are asked. */
  readonly bodies?: BodyContent | undefined;
  readonly board: Pick<MinerBoard, "seatOf">;
  readonly clock: Clock;
  readonly log: Logger;
};

/**
 * The body of an address, from the first of the miners that shows it whole, else from peers; undefined when nobody does. What a miner showed is
 * kept for peers where the operator says so: whoever asks next finds it though the miner is gone.
 */
export async function fetchBody(
  { board, bodies, clock, log }: FetchBodyParts,
  address: Bytes32,
  miners: readonly Address[],
): Promise<SegmentBody | undefined> {
  for (const miner of miners) {
    const link = board.seatOf(miner)?.link;
    if (link === undefined) continue;
    const reply = await askBody(link, address, { clock, timeoutMs: BODY_TIMEOUT_MS });
    if (reply.kind === "noBody") continue;
    const fault = bodyFault(reply.body, address);
    if (fault === undefined && reply.body.task.privacy === "open") {
      bodies?.keep(reply.body);
      return reply.body;
    }
    log.warn("A miner's body is not what it signed", { miner, address, fault: fault ?? "privacy" });
  }
  return bodies?.find(address);
}
