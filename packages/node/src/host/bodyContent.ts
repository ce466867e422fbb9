import { type ContentNode, Gate } from "@cortensor/data";
import { type Bytes32, bodyFault, CodedError, type SegmentBody } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { decodeSegmentBody } from "@cortensor/wire";
import { BodyPublisher } from "./bodyPublisher.js";

/** Bytes of a body: a prompt, 131,072 tokens with their fingerprints, and documents. */
const BODY_BYTES_MAX = 16 * 1_048_576;
/** Time for one: peers are asked where no miner shows it. */
const FIND_MS = 10_000;
/** Bodies looked for at once; more wait. */
const FINDS_MAX = 8;

/** Bodies of results among peers: those of open tasks, whichever peer has them. */
export type BodyContent = {
  /** One that is what the address stands for; undefined where no peer has it. Never rejects. */
  readonly find: (address: Bytes32) => Promise<SegmentBody | undefined>;
  /** Keeps one that was shown here, where that is to be done. Nothing waits for it. */
  readonly keep: (body: SegmentBody) => void;
};

/** Finds bodies by their results' hashes. What a peer gives counts where the hash binds all of it. */
export function createBodyContent(parts: {
  readonly node: Pick<ContentNode, "findNamed" | "put">;
  readonly owner: string;
  /** Whether what was shown is kept, in the clear, for named peers and the next who asks. */
  readonly keeps: boolean;
  readonly nowSeconds: () => number;
  readonly log: Pick<Logger, "debug" | "warn">;
}): BodyContent {
  const { node, owner, keeps, nowSeconds, log } = parts;
  const gate = new Gate(FINDS_MAX);
  const publisher = new BodyPublisher({ node, owner, nowSeconds, onOutcome: () => undefined, log });
  const keep = (body: SegmentBody): void => {
    if (keeps) publisher.offer(body);
  };
  const search = async (address: Bytes32): Promise<SegmentBody | undefined> => {
    const within = { bytesMax: BODY_BYTES_MAX, signal: AbortSignal.timeout(FIND_MS) };
    for await (const { bytes, isOwn } of node.findNamed({ kind: "segmentBody", name: address }, within)) {
      const body = readBody(bytes);
      if (body === undefined || bodyFault(body, address) !== undefined || body.task.privacy !== "open") continue;
      // Its peer may be gone by the next time.
      if (!isOwn) keep(body);
      return body;
    }
    return undefined;
  };
  return {
    find: (address) =>
      gate
        .run(() => search(address))
        .catch((error: unknown) => {
          log.debug("A body could not be read from peers", { address, why: error instanceof Error ? error.name : "" });
          return undefined;
        }),
    keep,
  };
}

function readBody(bytes: Uint8Array): SegmentBody | undefined {
  try {
    return decodeSegmentBody(Buffer.from(bytes));
  } catch (error) {
    if (error instanceof CodedError) return undefined;
    throw error;
  }
}
