import { type Address, type Hex, parseAddress } from "@cortensor/protocol";
import { concatHex, numberToHex, size, sliceHex } from "viem";
import { ChainError } from "./chainError.js";

/** payee 20 ‖ cumulativeWei 12, big-endian. */
const CREDIT_BYTES = 32;

/** How far a settlement takes a payee's counter in its lane. One that isn't higher moves nothing. */
export type Credit = { readonly payee: Address; readonly cumulativeWei: bigint };

/** Credits as `settle` takes them. Throws CHAIN_BAD_SETTLEMENT for one that doesn't fit. */
export function packCredits(credits: readonly Credit[]): Hex {
  return concatHex(credits.map(packCredit));
}

/** Throws CHAIN_BAD_SETTLEMENT for bytes that are no whole number of credits. */
export function unpackCredits(packed: Hex): readonly Credit[] {
  if (size(packed) % CREDIT_BYTES !== 0) {
    throw new ChainError({ code: "CHAIN_BAD_SETTLEMENT", reason: `${size(packed)} bytes are no whole credits` });
  }
  return Array.from({ length: size(packed) / CREDIT_BYTES }, (_, index) => {
    const start = index * CREDIT_BYTES;
    return {
      payee: parseAddress(sliceHex(packed, start, start + 20)),
      cumulativeWei: BigInt(sliceHex(packed, start + 20, start + CREDIT_BYTES)),
    };
  });
}

function packCredit({ payee, cumulativeWei }: Credit): Hex {
  try {
    return concatHex([parseAddress(payee), numberToHex(cumulativeWei, { size: 12 })]);
  } catch (error) {
    throw new ChainError({ code: "CHAIN_BAD_SETTLEMENT", reason: `a credit is out of range` }, { cause: error });
  }
}
