import { z } from "zod";
import { type Address, type Bytes32, type Hex, isAddress, isBytes32, isHex } from "./primitives.js";

/*
 * The fields of structs in JSON: hex in lower case, counts as numbers, wei as decimal strings. Each schema parses strictly with
 * `.parse` and writes with `z.encode`.
 */

const WEI = /^(?:0|[1-9][0-9]{0,28})$/;
const WEI_MAX = (1n << 96n) - 1n;

export const bytes32Field: z.ZodType<Bytes32, Bytes32> = z.custom<Bytes32>(isBytes32, "not 32 bytes of lower-case hex");
export const addressField: z.ZodType<Address, Address> = z.custom<Address>(isAddress, "not a lower-case address");
export const signatureField: z.ZodType<Hex, Hex> = z.custom<Hex>(
  (value) => isHex(value) && value.length === 132,
  "not a 65-byte signature in lower-case hex",
);
/** Bytes of exactly this length, in hex. */
export function hexField(bytes: number): z.ZodType<Hex, Hex> {
  return z.custom<Hex>(
    (value) => isHex(value) && value.length === 2 + 2 * bytes,
    `not ${bytes} bytes of lower-case hex`,
  );
}
export const uint8Field = z.int().min(0).max(0xff);
export const uint16Field = z.int().min(0).max(0xffff);
export const uint32Field = z.int().min(0).max(0xffffffff);
/** A whole number up to 2^53 − 1 in a 64-bit field. */
export const uint64Field = z.int().min(0);

/** Wei up to 2^96 − 1: a decimal string in JSON, a bigint in memory. */
export const weiField = z.codec(z.string().regex(WEI, "not a decimal amount"), z.bigint().min(0n).max(WEI_MAX), {
  decode: (text) => BigInt(text),
  encode: (wei) => wei.toString(),
});
