import type { ShownVirtualBlock } from "@cortensor/api";
import {
  type Address,
  bytesToHex,
  decodeVirtualBlock,
  hasCode,
  underEndpoint,
  virtualBlockHash,
} from "@cortensor/protocol";
import { fetchBytes } from "../host/index.js";

/** Time that a guard has to answer somebody who only watches. */
const ANSWER_MS = 2_000;
/** A health answer is a few sentences. */
const HEALTH_BYTES_MAX = 16_384;
/** A virtual block's head, its chains and its attestations, each as many as may be, are less. */
const VIRTUAL_BLOCK_BYTES_MAX = 65_536;

export type GuardEndpoint = { readonly guard: Address; readonly endpoint: string };

/** Whether a guard answers at its endpoint. */
export async function isUp(endpoint: string, signal: AbortSignal): Promise<boolean> {
  return (await ask(endpoint, { path: "/health", bytesMax: HEALTH_BYTES_MAX, signal })) !== undefined;
}

/** An epoch's virtual block as most guards show it. What is no virtual block of this network and epoch counts for nothing. */
export async function findShownBlock(
  guards: readonly GuardEndpoint[],
  { chainId, epoch, signal }: { readonly chainId: number; readonly epoch: number; readonly signal: AbortSignal },
): Promise<ShownVirtualBlock | undefined> {
  const path = `/v1/virtual-blocks/${epoch}`;
  const shown = new Map<string, ShownVirtualBlock>();
  const answers = await Promise.all(
    guards.map(async ({ guard, endpoint }) => ({
      guard,
      bytes: await ask(endpoint, { path, bytesMax: VIRTUAL_BLOCK_BYTES_MAX, signal }),
    })),
  );
  for (const { guard, bytes } of answers) {
    const block = bytes && decode(bytes);
    if (block?.chainId !== chainId || block.epoch !== epoch) continue;
    const hash = virtualBlockHash(block);
    const key = bytesToHex(bytes ?? new Uint8Array());
    shown.set(key, { block, hash, shownBy: [...(shown.get(key)?.shownBy ?? []), guard] });
  }
  return [...shown.values()].sort((left, right) => right.shownBy.length - left.shownBy.length)[0];
}

/** Undefined for no address of HTTP, too: what a registry says of a guard is the guard's own word. */
async function ask(
  endpoint: string,
  { path, bytesMax, signal }: { readonly path: string; readonly bytesMax: number; readonly signal: AbortSignal },
): Promise<Uint8Array | undefined> {
  const url = underEndpoint(endpoint, path);
  if (url === undefined) return undefined;
  const fetched = await fetchBytes({ url, bytesMax, timeoutMs: ANSWER_MS, signal });
  return fetched.kind === "bytes" ? fetched.bytes : undefined;
}

function decode(bytes: Uint8Array): ReturnType<typeof decodeVirtualBlock> | undefined {
  try {
    return decodeVirtualBlock(bytes);
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_RECORD")) return undefined;
    throw error;
  }
}
