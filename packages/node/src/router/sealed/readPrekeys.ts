import { type Address, decodeSignedPrekeyBundle, hasCode, prekeyBundleSigner } from "@cortensor/protocol";
import type { SignatureCounter } from "../../host/index.js";
import type { SeatPrekeys } from "../minerSeat.js";

/** What a miner shows; undefined where a bundle is none, or another's. Whether the chain holds its hash is for whoever seals to find out. */
export function readPrekeys(
  bundles: readonly Uint8Array[],
  { miner, signatures }: { readonly miner: Address; readonly signatures: Pick<SignatureCounter, "recoverSigner"> },
): SeatPrekeys | undefined {
  try {
    const read = bundles.map(decodeSignedPrekeyBundle);
    if (
      read.some(
        (signed) => signed.bundle.node !== miner || prekeyBundleSigner(signed, signatures.recoverSigner) !== miner,
      )
    )
      return undefined;
    return { bundles, suites: new Set(read[0]?.bundle.keys.map(({ suite }) => suite)) };
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_RECORD") || hasCode(error, "PROTOCOL_BAD_SIGNATURE")) return undefined;
    throw error;
  }
}
