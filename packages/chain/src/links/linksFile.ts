import type { Address } from "@cortensor/protocol";
import { z } from "zod";
import { ChainError } from "../chainError.js";
import type { LinkEndPlace } from "./link.js";

/** Ways of one network: three layers and their neighbours, there and back. */
const WAYS_MAX = 32;
const RPC_URLS_MAX = 8;

const end = z.strictObject({
  chainId: z.int().positive(),
  rpcUrls: z
    .array(z.url({ protocol: /^https?$/ }))
    .min(1)
    .max(RPC_URLS_MAX),
  messenger: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/, "must be a 20-byte address")
    .transform((text): Address => `0x${text.slice(2).toLowerCase()}`),
  fromBlock: z.int().nonnegative(),
});

const linksFile = z.strictObject({
  ways: z
    .array(z.strictObject({ src: end, dst: end }))
    .min(1)
    .max(WAYS_MAX),
});

/** One way of a link, before anything was asked of its chains. */
export type WayPlace = { readonly src: LinkEndPlace; readonly dst: LinkEndPlace };

/** Reads a file of ways between quorum messengers: `{"ways": [{"src": …, "dst": …}]}`, strictly. Throws CHAIN_BAD_PROFILE with each field at fault. */
export function parseLinks(text: string): readonly WayPlace[] {
  const parsed = linksFile.safeParse(parseJson(text));
  if (parsed.success) return parsed.data.ways;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new ChainError({ code: "CHAIN_BAD_PROFILE", issues });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ChainError({ code: "CHAIN_BAD_PROFILE", issues: ["not JSON"] }, { cause: error });
  }
}
