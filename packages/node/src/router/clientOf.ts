import type { Caller } from "@cortensor/api";
import type { ClientId } from "./clientFlows.js";

/**
 * Who has one share of the miners. A session of its owner's has one, however many keys it has: else more keys would be more shares. On
 * the operator's own session each API key is a customer of the operator's, and only the operator makes them.
 */
export function clientOf({ account, custody, keyHash }: Caller): ClientId {
  return custody === "custodial" && keyHash !== undefined ? keyHash : account;
}
