import { ProtocolError } from "./errors.js";

/** A hex string with its prefix, lower case. */
export type Hex = `0x${string}`;
/** A 20-byte account address. Compared in lower case. */
export type Address = Hex;
/** A 32-byte word. */
export type Bytes32 = Hex;

declare const brand: unique symbol;
export type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** Index of an epoch: `(t − t0) / epochSeconds` of chain time. */
export type EpochId = Branded<number, "EpochId">;
/** Seconds of chain or wall time since 1970. */
export type UnixSeconds = number;

/** Thirty-two zero bytes: the token root of nothing, and the absent word. */
export const ZERO_BYTES32: Bytes32 = `0x${"00".repeat(32)}`;

const HEX = /^0x(?:[0-9a-f]{2})*$/;
const ADDRESS = /^0x[0-9a-f]{40}$/;
const ADDRESS_ANY_CASE = /^0x[0-9a-fA-F]{40}$/;
const BYTES32 = /^0x[0-9a-f]{64}$/;

/** Whether this is prefixed, lower-case hex of whole bytes. */
export function isHex(value: unknown): value is Hex {
  return typeof value === "string" && HEX.test(value);
}

/** Whether this is an address in its one form here: lower case. */
export function isAddress(value: unknown): value is Address {
  return typeof value === "string" && ADDRESS.test(value);
}

export function isBytes32(value: unknown): value is Bytes32 {
  return typeof value === "string" && BYTES32.test(value);
}

/** Lower-cases an address of any case. Throws PROTOCOL_BAD_HEX. */
export function parseAddress(value: string): Address {
  if (!ADDRESS_ANY_CASE.test(value)) throw new ProtocolError({ code: "PROTOCOL_BAD_HEX", expected: "20 bytes" });
  return value.toLowerCase() as Address;
}

/** Lower-cases a 32-byte word. Throws PROTOCOL_BAD_HEX. */
export function parseBytes32(value: string): Bytes32 {
  const word = value.toLowerCase();
  if (!isBytes32(word)) throw new ProtocolError({ code: "PROTOCOL_BAD_HEX", expected: "32 bytes" });
  return word;
}

/** Brands a whole, non-negative number as an epoch. Throws PROTOCOL_OUT_OF_RANGE. */
export function epochId(value: number): EpochId {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new ProtocolError({ code: "PROTOCOL_OUT_OF_RANGE", field: "epoch", value: String(value), range: "0…2^53" });
  }
  return value as EpochId;
}
