import { timingSafeEqual } from "node:crypto";
import type { KeyDesk } from "@cortensor/api";
import type { Books } from "@cortensor/books";
import { type Bytes32, hexToBytes } from "@cortensor/protocol";
import { hashBearer } from "./authenticate.js";

/** What a key begins with, so that a leak is recognised. */
const KEY_PREFIX = "ck-";
/** Characters of a key's name. */
const NAME_CHARS_MAX = 128;

/** Makes and revokes API keys for whoever has the operator's admin token. */
export function createKeyDesk(parts: {
  readonly adminToken: string | undefined;
  readonly books: Pick<Books, "findSession" | "putKey" | "revokeKey">;
  readonly randomBytes32: () => Bytes32;
  /** A key changed: caches forget it. */
  readonly onChanged: (keyHash: Bytes32) => void;
}): KeyDesk {
  const { adminToken, books, randomBytes32, onChanged } = parts;
  const adminHash = adminToken === undefined ? undefined : hexToBytes(hashBearer(adminToken));
  return {
    isAdmin: (bearer) => adminHash !== undefined && timingSafeEqual(hexToBytes(hashBearer(bearer)), adminHash),
    create: async ({ account, name, budgetWei }) => {
      if (name.length === 0 || name.length > NAME_CHARS_MAX) {
        return { kind: "refused", message: `A key's name has 1 to ${NAME_CHARS_MAX} characters.` };
      }
      if ((await books.findSession(account)) === undefined) {
        return { kind: "refused", message: `Account ${account} has no lane at this operator.` };
      }
      const key = newBearer(KEY_PREFIX, randomBytes32);
      const keyHash = hashBearer(key);
      await books.putKey({ keyHash, account, name, revoked: false, ...(budgetWei === undefined ? {} : { budgetWei }) });
      onChanged(keyHash);
      return { kind: "created", key, keyHash };
    },
    revoke: async (keyHash) => {
      const isRevoked = await books.revokeKey(keyHash);
      onChanged(keyHash);
      return isRevoked;
    },
  };
}

/** 256 fresh bits behind a prefix. */
export function newBearer(prefix: string, randomBytes32: () => Bytes32): string {
  return prefix + Buffer.from(hexToBytes(randomBytes32())).toString("base64url");
}
