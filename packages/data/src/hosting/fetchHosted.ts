import { bytesToHex, hasCode, sha256Bytes } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import type { Resolve } from "../address/chooseAddress.js";
import { systemResolve } from "../address/chooseAddress.js";
import { collectHosted } from "./collectHosted.js";
import type { HostedReference } from "./hostedReference.js";
import { HostingError } from "./hostingError.js";
import { HOSTED_BYTES_MAX } from "./hostingLimits.js";
import type { HostingPolicy } from "./hostingPolicy.js";
import { requestHosted } from "./requestHosted.js";

export type FetchHostedParts = {
  readonly policy: HostingPolicy;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Default: the system's. */
  readonly resolve?: Resolve;
  /** Gives an object's bytes by its CID, checked against it; absent where there is no content. */
  readonly content?: (cid: string, signal: AbortSignal) => AsyncIterable<Uint8Array>;
};

/**
 * A hosted document's text: fetched within bounds of place, size and time, and exactly the bytes that its reference pins.
 *
 * Throws HostingError; the signal's own reason where that aborts.
 */
export async function fetchHosted(reference: HostedReference, parts: FetchHostedParts): Promise<string> {
  const isByUrl = reference.kind === "url";
  if (!isByUrl && parts.content === undefined) throw new HostingError({ code: "HOSTING_OFF", source: "cid" });
  if (isByUrl && parts.policy.hosts.length === 0) throw new HostingError({ code: "HOSTING_OFF", source: "url" });
  const { bytes, from } = isByUrl
    ? await requestHosted(reference, { ...parts, resolve: parts.resolve ?? systemResolve })
    : await readContent(reference, parts);
  if (bytesToHex(sha256Bytes(bytes)) !== reference.sha256)
    throw new HostingError({ code: "HOSTING_WRONG_HASH", host: from, sha256: reference.sha256 });
  return decodeText(bytes, from);
}

async function readContent(
  { cid, bytes }: Extract<HostedReference, { kind: "cid" }>,
  { content, clock, signal }: FetchHostedParts,
): Promise<{ readonly bytes: Uint8Array; readonly from: string }> {
  const from = "content";
  const open = async (within: AbortSignal) => content?.(cid, within) ?? [];
  const most = bytes ?? HOSTED_BYTES_MAX;
  try {
    const limits = { host: from, clock, signal, bytes: { most, exact: bytes !== undefined } };
    return { bytes: await collectHosted(open, limits), from };
  } catch (error) {
    if (hasCode(error, "CONTENT_NOT_FOUND"))
      throw new HostingError({ code: "HOSTING_NOT_FOUND", cid }, { isRetryable: true });
    throw error;
  }
}

function decodeText(bytes: Uint8Array, host: string): string {
  const text = tryDecode(bytes);
  if (text === undefined || text.includes("\0")) throw new HostingError({ code: "HOSTING_NOT_TEXT", host });
  return text;
}

/** A mark of byte order stays: the text has the bytes that were pinned. */
function tryDecode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
