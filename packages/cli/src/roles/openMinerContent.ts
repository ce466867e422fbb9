import { join } from "node:path";
import { type ContentNode, createContentNode } from "@cortensor/data";
import type { MinerConfig } from "@cortensor/node";
import { type Clock, type Logger, type Shutdown, systemClock } from "@cortensor/runtime";
import { CliError } from "../cliError.js";
import { collectHourly } from "./collectHourly.js";

/** Bytes of the sets that a miner checked from, where it was told no folder; one that it was told has the usual bound. */
const CONTENT_BYTES_MAX = 8 * 1_073_741_824;

export type OpenMinerContentParts = {
  readonly config: Pick<
    MinerConfig,
    "contentFolder" | "contentPeers" | "contentListen" | "publishesBodies" | "hasDuties" | "outboxFolder"
  >;
  readonly log: Logger;
  readonly shutdown: Shutdown;
  readonly clock?: Clock;
};

/**
 * A miner's node of content: for documents by CID, for bodies that its peers may read, and for the sets that its duties rest on. Undefined for a miner
 * that was told no folder and does no duties. Only peers that were named connect to it.
 */
export async function openMinerContent(parts: OpenMinerContentParts): Promise<ContentNode | undefined> {
  const { config, log, shutdown, clock = systemClock } = parts;
  const {
    contentFolder,
    contentPeers: peers,
    contentListen: listen,
    publishesBodies,
    hasDuties,
    outboxFolder,
  } = config;
  if (contentFolder === undefined && (publishesBodies || listen.length > 0)) {
    const expected = "a folder, for MINER_BODIES and MINER_CONTENT_LISTEN";
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "MINER_CONTENT", expected });
  }
  if (contentFolder === undefined && !hasDuties) return undefined;
  const folder = contentFolder ?? join(outboxFolder, "content");
  const nowSeconds = () => Math.floor(clock.nowMs() / 1_000);
  const node = await createContentNode({
    ...{ folder, peers, listen, onlyPeers: true, asks: hasDuties },
    ...(contentFolder === undefined ? { bytesMax: CONTENT_BYTES_MAX } : {}),
    ...{ nowSeconds, clock, log },
  });
  shutdown.add("content", () => node.stop());
  if (listen.length > 0) log.info("Content is given to named peers", { addresses: node.stat().addresses });
  collectHourly(node, { clock, log, signal: shutdown.signal });
  return node;
}
