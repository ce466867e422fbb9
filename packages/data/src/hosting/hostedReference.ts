import { type Bytes32, isBytes32 } from "@cortensor/protocol";
import { z } from "zod";
import { digestOf, parseCid, RAW_CODEC } from "../content/contentCid.js";
import { ContentError } from "../content/contentError.js";
import { HostingError } from "./hostingError.js";
import { HOSTED_BYTES_MAX, HOSTED_URL_CHARS_MAX } from "./hostingLimits.js";

/**
 * A document that a client hosts, pinned: whoever fetches it knows by its SHA-256 whether it is that one. A CID names one raw block,
 * whose digest is the SHA-256 of the document.
 */
export type HostedReference =
  | { readonly kind: "url"; readonly url: string; readonly sha256: Bytes32; readonly bytes: number }
  | { readonly kind: "cid"; readonly cid: string; readonly sha256: Bytes32; readonly bytes: number | undefined };

const bytesField = z.int().min(1).max(HOSTED_BYTES_MAX);
const sha256Field = z.string().transform((text, context): Bytes32 => {
  const digest = `0x${text.replace(/^0x/, "")}`;
  if (isBytes32(digest)) return digest;
  context.addIssue({ code: "custom", message: "expected 64 hex digits in lower case" });
  return z.NEVER;
});
const urlSchema = z.strictObject({
  url: z.string().min(1).max(HOSTED_URL_CHARS_MAX),
  sha256: sha256Field,
  bytes: bytesField,
});
const cidSchema = z.strictObject({ cid: z.string().min(1).max(128), bytes: bytesField.optional() });

/** Reads `{url, sha256, bytes}` or `{cid, bytes?}`, and nothing else. Throws HOSTING_BAD_REFERENCE. */
export function parseHostedReference(value: unknown): HostedReference {
  const byCid = cidSchema.safeParse(value);
  if (byCid.success) return cidReference(byCid.data);
  const byUrl = urlSchema.safeParse(value);
  if (!byUrl.success) throw badReference("expected url, sha256 and bytes, or cid and perhaps bytes, and nothing else");
  return { kind: "url", ...byUrl.data, url: checkUrl(byUrl.data.url).href };
}

/** An address that can be fetched at all: HTTP with TLS (or without, where a policy allows it), no user, no fragment. */
export function checkUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw badReference("expected a URL");
  if (url.protocol !== "https:" && url.protocol !== "http:") throw badReference("expected https://");
  if (url.username !== "" || url.password !== "") throw badReference("a URL has no user here");
  if (text.includes("#")) throw badReference("a URL has no fragment here");
  if (url.hostname === "" || url.hostname.endsWith(".")) throw badReference("expected a host");
  return url;
}

function cidReference({ cid, bytes }: z.output<typeof cidSchema>): HostedReference {
  try {
    const parsed = parseCid(cid);
    if (parsed.code !== RAW_CODEC) throw badReference("expected a CID of one raw block");
    return { kind: "cid", cid: parsed.toString(), sha256: digestOf(parsed), bytes };
  } catch (error) {
    if (error instanceof ContentError) throw badReference("expected a CID");
    throw error;
  }
}

function badReference(reason: string): HostingError {
  return new HostingError({ code: "HOSTING_BAD_REFERENCE", reason });
}
