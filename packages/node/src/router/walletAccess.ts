import type { Gateway } from "@cortensor/api";
import type { Books } from "@cortensor/books";
import {
  type Address,
  type Bytes32,
  type Eip712Domain,
  type Hex,
  hasCode,
  hashAccess,
  hashDebit,
  type SignedDebit,
  typedDataDigest,
  type UnixSeconds,
} from "@cortensor/protocol";
import type { SignatureCounter } from "../host/index.js";
import { hashBearer } from "./authenticate.js";
import { newBearer } from "./keyDesk.js";

const ACCESS_PREFIX = "ca-";
/** A token that lives longer would outlast any review of who holds it. */
const ACCESS_SECONDS_MAX = 30 * 86_400;

type Refused = { readonly kind: "refused"; readonly message: string };

/** Sells bearer tokens for a wallet's signature. */
export function createWalletAccess(parts: {
  readonly lane: Address;
  /** The SessionPayment contract's domain. */
  readonly domain: Eip712Domain;
  readonly books: Pick<Books, "findSession" | "putAccessToken">;
  readonly signatures: Pick<SignatureCounter, "recoverSigner">;
  readonly nowSeconds: () => UnixSeconds;
  readonly randomBytes32: () => Bytes32;
}): Gateway["openAccess"] {
  const { lane, domain, books, signatures } = parts;
  return async ({ account, expires, signature }) => {
    const nowSeconds = parts.nowSeconds();
    if (expires <= nowSeconds) return refused("The access has expired.");
    if (expires > nowSeconds + ACCESS_SECONDS_MAX) return refused("An access lasts at most 30 days.");
    const session = await books.findSession(account);
    if (session === undefined) return refused(`Account ${account} has no lane at this operator.`);
    const digest = typedDataDigest(domain, hashAccess({ account, lane, expires }));
    const signer = signerOf({ digest, signature }, signatures);
    if (signer !== session.owner) return refused("The signature is not the session owner's.");
    const bearer = newBearer(ACCESS_PREFIX, parts.randomBytes32);
    await books.putAccessToken({ tokenHash: hashBearer(bearer), account, expiresAtMs: expires * 1_000 });
    return { kind: "opened", bearer };
  };
}

/** Who signed a debit; undefined for a signature that is none. */
export function debitSigner(
  { debit, signature }: SignedDebit,
  parts: { readonly domain: Eip712Domain; readonly signatures: Pick<SignatureCounter, "recoverSigner"> },
): Address | undefined {
  return signerOf({ digest: typedDataDigest(parts.domain, hashDebit(debit)), signature }, parts.signatures);
}

function signerOf(
  { digest, signature }: { readonly digest: Bytes32; readonly signature: Hex },
  signatures: Pick<SignatureCounter, "recoverSigner">,
): Address | undefined {
  try {
    return signatures.recoverSigner(digest, signature);
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_SIGNATURE") || hasCode(error, "PROTOCOL_BAD_HEX")) return undefined;
    throw error;
  }
}

function refused(message: string): Refused {
  return { kind: "refused", message };
}
