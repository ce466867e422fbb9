import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Address, type Bytes32, bytesToHex, SET_BYTES_MAX, sha256Bytes, underEndpoint } from "@cortensor/protocol";
import { fetchBytes, type SetContent } from "../host/index.js";
import type { GuardChain } from "./guardChain.js";

/** Time for one set: 64 MiB over a slow line. */
const FETCH_MS = 120_000;
/** Routers asked for one set: those of its lane, and a few that may have kept it. */
const ROUTERS_MAX = 8;

/** Finds the bytes that a lane published under a CID, whoever has them. Undefined where nobody does; never other bytes. */
export type FetchSet = (
  wanted: { readonly lane: Address; readonly setCid: Bytes32 },
  signal: AbortSignal,
) => Promise<Uint8Array | undefined>;

/** Looks in a folder of sets first, then among peers, then asks routers. What it found it keeps for peers. */
export function createFetchSet(parts: {
  readonly chain: Pick<GuardChain, "readRouterEndpoints">;
  /** Where sets lie, each a file named by its CID. */
  readonly folder?: string;
  readonly content?: SetContent;
}): FetchSet {
  const { chain, folder, content } = parts;
  return async ({ lane, setCid }, signal) => {
    const kept = folder === undefined ? undefined : await readSet(join(folder, setCid));
    if (kept !== undefined && isNamed(kept, setCid)) return keptFor(content, kept);
    const routers = (await chain.readRouterEndpoints(lane)).slice(0, ROUTERS_MAX);
    const shared = await content?.find(setCid, { routers, signal });
    if (shared !== undefined) return shared;
    for (const endpoint of routers) {
      const url = underEndpoint(endpoint, `/api/v1/settlements/${setCid}`);
      if (url === undefined) continue;
      const found = await fetchBytes({ url, bytesMax: SET_BYTES_MAX, timeoutMs: FETCH_MS, signal });
      if (found.kind === "bytes" && isNamed(found.bytes, setCid)) return keptFor(content, found.bytes);
    }
    return undefined;
  };
}

async function keptFor(content: SetContent | undefined, bytes: Uint8Array): Promise<Uint8Array> {
  await content?.keep(bytes);
  return bytes;
}

function isNamed(bytes: Uint8Array, setCid: Bytes32): boolean {
  return bytesToHex(sha256Bytes(bytes)) === setCid;
}

async function readSet(file: string): Promise<Uint8Array | undefined> {
  try {
    const { size } = await stat(file);
    return size > SET_BYTES_MAX ? undefined : await readFile(file);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
