import {
  HOSTED_PLACE_CHARS_MAX,
  type HostedDocument,
  isBytes32,
  PROMPT_BYTES_MAX,
  rawCidDigest,
} from "@cortensor/protocol";
import { z } from "zod";
import { invalidRequest } from "./apiError.js";
import { type RefusedRequest, refused } from "./parsedRequest.js";

const bytesField = z.int().min(1).max(PROMPT_BYTES_MAX);
const placeField = z.string().min(1).max(HOSTED_PLACE_CHARS_MAX);
const byUrl = z.strictObject({ url: placeField, sha256: z.string().max(66), bytes: bytesField });
const byCid = z.strictObject({ cid: placeField, bytes: bytesField });

/**
 * A content part that the client hosts: `{url, sha256, bytes}`, or `{cid, bytes}` of one raw block. The router looks at no more than its form: a
 * miner fetches it, by its own list of hosts.
 */
export function parseHostedPart(
  value: unknown,
  { at, message }: { readonly at: string; readonly message: number },
): { readonly kind: "document"; readonly document: HostedDocument } | RefusedRequest {
  const cid = byCid.safeParse(value);
  const url = byUrl.safeParse(value);
  if (cid.success) {
    const sha256 = rawCidDigest(cid.data.cid);
    if (sha256 === undefined) return wrong(at, "a CID of one raw block");
    const place = { kind: "cid", cid: cid.data.cid } as const;
    return { kind: "document", document: { message, sha256, bytes: cid.data.bytes, place } };
  }
  if (!url.success) return wrong(at, `url, sha256 and bytes, or cid and bytes (at most ${PROMPT_BYTES_MAX} bytes)`);
  const sha256 = `0x${url.data.sha256.replace(/^0x/, "")}`;
  if (!isBytes32(sha256)) return wrong(`${at}.sha256`, "64 hex digits in lower case");
  if (!isWebAddress(url.data.url)) return wrong(`${at}.url`, "https:// without user and fragment");
  return {
    kind: "document",
    document: { message, sha256, bytes: url.data.bytes, place: { kind: "url", url: url.data.url } },
  };
}

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text) || text.includes("#")) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === "https:" || protocol === "http:") && username === "" && password === "";
}

function wrong(at: string, expected: string): RefusedRequest {
  return refused(invalidRequest(`'${at}' is not ${expected}.`, "invalid_value", at));
}
