import type { DisputeRecord } from "@cortensor/chain";
import {
  type Address,
  type Bytes32,
  caseRequestSigner,
  type Eip712Domain,
  type Hex,
  hasCode,
} from "@cortensor/protocol";

/** Whether a request for a disputed result is signed by who sits in that dispute, while it goes on. */
export function isSeated(
  { number, resultHash, signature }: { readonly number: number; readonly resultHash: Bytes32; readonly signature: Hex },
  dispute: DisputeRecord,
  domain: Eip712Domain,
): boolean {
  if (dispute.resultHash !== resultHash || dispute.phase === "ended") return false;
  const signer = signerOf(domain, { number, resultHash }, signature);
  return signer !== undefined && seatsOf(dispute).includes(signer);
}

/** Everybody who sits, or has sat in a jury of it. */
export function seatsOf({
  validators,
  jurors,
  secondJurors,
}: Pick<DisputeRecord, "validators" | "jurors" | "secondJurors">): readonly Address[] {
  return [...validators, ...jurors, ...secondJurors];
}

function signerOf(
  domain: Eip712Domain,
  request: { readonly number: number; readonly resultHash: Bytes32 },
  signature: Hex,
): Address | undefined {
  try {
    return caseRequestSigner(domain, request, signature);
  } catch (error) {
    if (hasCode(error, "PROTOCOL_BAD_SIGNATURE")) return undefined;
    throw error;
  }
}
