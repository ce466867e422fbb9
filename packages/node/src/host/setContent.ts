import { type ContentNode, type DatumKind, retainUntil } from "@cortensor/data";
import { type Bytes32, CodedError, SET_BYTES_MAX, underEndpoint } from "@cortensor/protocol";
import type { Clock, Logger } from "@cortensor/runtime";
import { z } from "zod";
import { DISPUTE_WINDOW_SECONDS } from "./disputeWindow.js";
import { fetchBytes } from "./fetchBytes.js";

/** Addresses of one node, and their bytes: more are nobody's. */
const ADDRESSES_MAX = 8;
const ANSWER_BYTES_MAX = 4_096;
/** Time for a node to say where its content is. */
const ASK_MS = 2_000;
/** How long what a node said holds, and how long one that didn't answer isn't asked again. */
const KNOWN_MS = 60_000;
/** Nodes asked where their content is, for one set: a lane's routers, and the guards of the largest set. */
const NODES_MAX = 40;

const answer = z.object({ addresses: z.array(z.string().max(256)).max(ADDRESSES_MAX) });

/** What was published by its SHA-256, among peers: settlement sets, work records. */
export type SetContent = {
  /** Undefined where no peer has it. Never other bytes. What is found is kept. */
  readonly find: (
    sha256: Bytes32,
    from: {
      readonly routers: readonly string[];
      readonly signal: AbortSignal;
      /** What it is, a settlement set unless told otherwise, and the most bytes that such a thing has. */
      readonly kind?: DatumKind;
      readonly bytesMax?: number;
    },
  ) => Promise<Uint8Array | undefined>;
  /** Keeps it as long as the storage map says of its kind, for peers to have when its publisher is gone. What fails is logged: nothing waits for it. */
  readonly keep: (bytes: Uint8Array, kind?: DatumKind) => Promise<void>;
};

/**
 * Shares sets with the nodes of the registry: each says over HTTP where its content is. That is its own word, as the bytes are: those are
 * held against their name.
 */
export function createSetContent(parts: {
  readonly node: Pick<ContentNode, "findWhole" | "put" | "learn" | "pinsOf" | "rootOf">;
  /** Whose pins they are. */
  readonly owner: string;
  /** HTTP endpoints of others that keep sets, guards as a rule. */
  readonly readKeepers: () => Promise<readonly string[]>;
  readonly clock: Pick<Clock, "nowMs">;
  readonly log: Logger;
}): SetContent {
  const { node, owner, readKeepers, clock, log } = parts;
  const askedAtMs = new Map<string, number>();
  const learn = async (endpoints: readonly string[], signal: AbortSignal): Promise<void> => {
    const nowMs = clock.nowMs();
    for (const [endpoint, atMs] of askedAtMs) if (nowMs - atMs >= KNOWN_MS) askedAtMs.delete(endpoint);
    const due = [...new Set(endpoints)].filter((endpoint) => !askedAtMs.has(endpoint)).slice(0, NODES_MAX);
    for (const endpoint of due) askedAtMs.set(endpoint, nowMs);
    const told = await Promise.all(due.map((endpoint) => askAddresses(endpoint, signal)));
    node.learn(told.flat());
  };
  const keep: SetContent["keep"] = async (bytes, kind = "settlementSet") => {
    try {
      const ends = { nowSeconds: Math.floor(clock.nowMs() / 1_000), disputeWindowSeconds: DISPUTE_WINDOW_SECONDS };
      await node.put([bytes], { kind, privacy: "open", form: "plain", owner, untilSeconds: retainUntil(kind, ends) });
    } catch (error) {
      log.warn("A set could not be kept for peers", { bytes: bytes.length }, error);
    }
  };
  const isKept = (sha256: Bytes32): boolean => node.pinsOf(node.rootOf(sha256)).some((pin) => pin.owner === owner);
  return {
    async find(sha256, { routers, signal, kind, bytesMax = SET_BYTES_MAX }) {
      if (!isKept(sha256)) await learn([...routers, ...(await readKeepers())], signal);
      try {
        const found = await node.findWhole(sha256, { bytesMax, signal });
        if (found !== undefined && !isKept(sha256)) await keep(found, kind);
        return found;
      } catch (error) {
        if (signal.aborted || !(error instanceof CodedError)) throw error;
        log.debug("A set could not be read from peers", { sha256, code: error.code });
        return undefined;
      }
    },
    keep,
  };
}

/** Where a node says that its content is: none for whoever doesn't. Both routers and guards are asked by their own route. */
async function askAddresses(endpoint: string, signal: AbortSignal): Promise<readonly string[]> {
  const url = underEndpoint(endpoint, "/v1/content");
  if (url === undefined) return [];
  const asked = { url, bytesMax: ANSWER_BYTES_MAX, timeoutMs: ASK_MS, signal };
  const found = await fetchBytes(asked);
  if (found.kind !== "bytes") return [];
  try {
    const parsed = answer.safeParse(JSON.parse(Buffer.from(found.bytes).toString("utf8")));
    return parsed.success ? parsed.data.addresses : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
