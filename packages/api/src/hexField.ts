import type { Address, Bytes32, Hex } from "@cortensor/protocol";
import { z } from "zod";

/** Fields of Cortensor's own bodies. Hex is taken in either case and kept in lower case. */
export const bytes32Field = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "must be 32 bytes of hex with 0x")
  .transform((text): Bytes32 => `0x${text.slice(2).toLowerCase()}`);
export const addressField = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "must be a 20-byte address with 0x")
  .transform((text): Address => `0x${text.slice(2).toLowerCase()}`);
/** Signatures are at most 65 bytes from a key; a wallet contract's may be longer. */
export const signatureField = z
  .string()
  .regex(/^0x([0-9a-fA-F]{2}){64,1024}$/, "must be a signature in hex with 0x")
  .transform((text): Hex => `0x${text.slice(2).toLowerCase()}`);
/** Money in wei of COR, as a decimal string: JSON numbers lose digits. */
export const weiField = z
  .string()
  .regex(/^(0|[1-9]\d{0,28})$/, "must be wei as a decimal string")
  .transform((text) => BigInt(text));
export const accountField = z.int().min(0).max(4_294_967_295);
