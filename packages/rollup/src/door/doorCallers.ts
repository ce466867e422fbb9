import { createHash } from "node:crypto";
import { type Address, type Eip712Domain, isDoorWord, readDoorWord } from "@cortensor/protocol";
import type { KeySource } from "./keySource.js";
import { BEARER_BYTES_MAX, REMEMBERED_MAX, TOKEN_SECONDS } from "./limits.js";
import { type TokenRules, tokenKeyId, verifyToken } from "./verifyToken.js";

/** Whom a bearer stands for, and by what it showed that. */
export type DoorCaller = { readonly account: Address; readonly by: "word" | "token" | "key" };
export type FoundCaller =
  | ({ readonly kind: "caller" } & DoorCaller)
  | { readonly kind: "unknown"; readonly fault: string };

export type DoorCallersParts = {
  /** The gate's domain: words are signed under it. */
  readonly domain: Eip712Domain;
  /** Members by the SHA-256, in hex, of a key that was given to them. */
  readonly keys: ReadonlyMap<string, Address>;
  /** Absent: no identity provider's tokens are taken. */
  readonly provider?: TokenRules & { readonly source: KeySource; readonly accountOf: ReadonlyMap<string, Address> };
  readonly nowSeconds: () => number;
};

type Remembered = { readonly caller: DoorCaller; readonly expires: number };

/** Finds whom a bearer stands for. Whether that one is a member, and in which role, is the gate's to say. */
export class DoorCallers {
  readonly #parts: DoorCallersParts;
  readonly #remembered = new Map<string, Remembered>();

  constructor(parts: DoorCallersParts) {
    this.#parts = parts;
  }

  async find(bearer: string | undefined): Promise<FoundCaller> {
    if (bearer === undefined || bearer === "") return { kind: "unknown", fault: "noBearer" };
    if (bearer.length > BEARER_BYTES_MAX) return { kind: "unknown", fault: "malformed" };
    const hash = hashDoorKey(bearer);
    const known = this.#remembered.get(hash);
    if (known !== undefined && known.expires > this.#parts.nowSeconds()) return { kind: "caller", ...known.caller };
    this.#remembered.delete(hash);
    const keyOwner = this.#parts.keys.get(hash);
    if (keyOwner !== undefined) return { kind: "caller", account: keyOwner, by: "key" };
    return isDoorWord(bearer) ? this.#byWord(bearer, hash) : this.#byToken(bearer, hash);
  }

  #byWord(bearer: string, hash: string): FoundCaller {
    const { domain, nowSeconds } = this.#parts;
    const read = readDoorWord(bearer, domain, nowSeconds());
    if (read.kind === "refused") return { kind: "unknown", fault: read.fault };
    return this.#remember(hash, { caller: { account: read.word.account, by: "word" }, expires: read.word.expires });
  }

  async #byToken(bearer: string, hash: string): Promise<FoundCaller> {
    const { provider, nowSeconds } = this.#parts;
    const kid = tokenKeyId(bearer);
    if (provider === undefined || kid === undefined) return { kind: "unknown", fault: "unknownKey" };
    const keys = await provider.source.keys(kid);
    const verified = verifyToken(bearer, { rules: provider, keys, nowSeconds: nowSeconds() });
    if (verified.kind === "refused") return { kind: "unknown", fault: verified.fault };
    const account = provider.accountOf.get(verified.subject);
    if (account === undefined) return { kind: "unknown", fault: "unknownSubject" };
    // Not for as long as it lasts: its provider may take the key back.
    const expires = Math.min(verified.expires, nowSeconds() + TOKEN_SECONDS);
    return this.#remember(hash, { caller: { account, by: "token" }, expires });
  }

  #remember(hash: string, remembered: Remembered): FoundCaller {
    this.#remembered.set(hash, remembered);
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= REMEMBERED_MAX) break;
      this.#remembered.delete(oldest);
    }
    return { kind: "caller", ...remembered.caller };
  }
}

/** How a door knows a key: its SHA-256, in hex. */
export function hashDoorKey(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
