import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { base64UrlToBytes } from "@cortensor/protocol";
import { z } from "zod";
import { JWKS_KEYS_MAX, RSA_BITS_MIN } from "./limits.js";

/** How an identity provider may sign: with each, what its key has to be. */
const ALGORITHMS = {
  RS256: { kty: "RSA", hash: "sha256" },
  ES256: { kty: "EC", hash: "sha256" },
  EdDSA: { kty: "OKP", hash: null },
} as const;

const headerSchema = z.object({ alg: z.enum(["RS256", "ES256", "EdDSA"]), kid: z.string().min(1).max(255) });
const seconds = z.number().nonnegative();
const claimsSchema = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string()).max(32)]),
  sub: z.string().min(1).max(255),
  exp: seconds,
  nbf: seconds.optional(),
});
const jwkSchema = z.looseObject({
  kid: z.string().min(1).max(255),
  kty: z.enum(["RSA", "EC", "OKP"]),
  alg: z.string().optional(),
  use: z.string().optional(),
});
const jwksSchema = z.object({ keys: z.array(z.unknown()).max(JWKS_KEYS_MAX) });

/** A provider's key, by its id. */
export type ProviderKey = { readonly kid: string; readonly kty: "RSA" | "EC" | "OKP"; readonly key: KeyObject };

/** Of whom a door takes tokens, and for what they must be meant. */
export type TokenRules = { readonly issuer: string; readonly audience: string };

export type TokenFault =
  | "malformed"
  | "unknownKey"
  | "badSignature"
  | "otherIssuer"
  | "otherAudience"
  | "expired"
  | "notYet";
export type VerifiedToken =
  | { readonly kind: "verified"; readonly subject: string; readonly expires: number }
  | { readonly kind: "refused"; readonly fault: TokenFault };

/** A provider's keys from its JSON; those of other kinds or uses are left out. Undefined for what is no key set. */
export function parseKeySet(text: string): readonly ProviderKey[] | undefined {
  const parsed = jwksSchema.safeParse(jsonOf(text));
  if (!parsed.success) return undefined;
  return parsed.data.keys.flatMap((jwk) => {
    const key = providerKey(jwk);
    return key === undefined ? [] : [key];
  });
}

/** The id of the key that a token says it is signed with; undefined for what is no token. */
export function tokenKeyId(token: string): string | undefined {
  const header = headerSchema.safeParse(partOf(token.split(".")[0]));
  return header.success ? header.data.kid : undefined;
}

/** Verifies a provider's token (a JWT, compact) at a time in seconds. */
export function verifyToken(
  token: string,
  {
    rules,
    keys,
    nowSeconds,
  }: { readonly rules: TokenRules; readonly keys: readonly ProviderKey[]; readonly nowSeconds: number },
): VerifiedToken {
  const parts = token.split(".");
  const [head = "", body = "", signed = ""] = parts;
  const [header, claims] = [headerSchema.safeParse(partOf(head)), claimsSchema.safeParse(partOf(body))];
  const signature = base64UrlToBytes(signed);
  if (parts.length !== 3 || !header.success || !claims.success || signature === undefined) return refused("malformed");
  const { kty, hash } = ALGORITHMS[header.data.alg];
  const found = keys.find((one) => one.kid === header.data.kid && one.kty === kty);
  if (found === undefined) return refused("unknownKey");
  const key = { key: found.key, dsaEncoding: "ieee-p1363" } as const;
  if (!verify(hash, Buffer.from(`${head}.${body}`), key, signature)) return refused("badSignature");
  const { iss, aud, sub, exp, nbf } = claims.data;
  if (iss !== rules.issuer) return refused("otherIssuer");
  if (!(typeof aud === "string" ? [aud] : aud).includes(rules.audience)) return refused("otherAudience");
  if (exp <= nowSeconds) return refused("expired");
  if (nbf !== undefined && nbf > nowSeconds) return refused("notYet");
  return { kind: "verified", subject: sub, expires: exp };
}

function providerKey(jwk: unknown): ProviderKey | undefined {
  const parsed = jwkSchema.safeParse(jwk);
  if (!parsed.success) return undefined;
  const { kid, kty, use, ...rest } = parsed.data;
  if (use !== undefined && use !== "sig") return undefined;
  const key = keyOf({ ...rest, kty });
  return key !== undefined && isFit(key) ? { kid, kty, key } : undefined;
}

function isFit({ asymmetricKeyType, asymmetricKeyDetails: details }: KeyObject): boolean {
  if (asymmetricKeyType === "rsa") return (details?.modulusLength ?? 0) >= RSA_BITS_MIN;
  return asymmetricKeyType === "ed25519" || (asymmetricKeyType === "ec" && details?.namedCurve === "prime256v1");
}

/** What isn't a key of its kind is left out as if it weren't there. */
function keyOf(jwk: Readonly<Record<string, unknown>>): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch {
    return undefined;
  }
}

function partOf(part: string | undefined): unknown {
  const bytes = base64UrlToBytes(part ?? "");
  return bytes === undefined ? undefined : jsonOf(new TextDecoder().decode(bytes));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refused(fault: TokenFault): VerifiedToken {
  return { kind: "refused", fault };
}
