import type { Hex } from "@cortensor/protocol";
import {
  appendTransactionMessageInstructions,
  type Commitment,
  createTransactionMessage,
  getBase64EncodedWireTransaction,
  type Instruction,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
  type TransactionSigner,
} from "@solana/kit";
import { type SolanaCluster, solanaBounds } from "./connectSolana.js";
import { solanaCall } from "./solanaError.js";
import { hexToSolanaSignature, solanaSignatureToHex } from "./solanaKeys.js";

/** Who pays for a transaction, and signs it. */
export type SolanaPayer = TransactionSigner;

/** A transaction that an RPC took. After `lastValidHeight` it can't come to stand any more. */
export type SentSolana = { readonly signature: Hex; readonly lastValidHeight: bigint };

/** How far a transaction is. `expired`: it stands nowhere, and never will. */
export type SolanaStanding =
  | { readonly kind: "unseen" }
  | { readonly kind: "expired" }
  | { readonly kind: "failed"; readonly commitment: Commitment }
  | { readonly kind: "stands"; readonly commitment: Commitment; readonly slot: number };

/** Signs and sends instructions in one transaction, which the RPC tries out first. Throws SOLANA_REFUSED with what it says. */
export async function sendSolana(
  { rpc }: SolanaCluster,
  { payer, instructions }: { readonly payer: TransactionSigner; readonly instructions: readonly Instruction[] },
): Promise<SentSolana> {
  const asked = rpc.getLatestBlockhash({ commitment: "confirmed" }).send(solanaBounds());
  const { value: lifetime } = await solanaCall("getLatestBlockhash", asked);
  const message = pipe(
    createTransactionMessage({ version: 0 }),
    (empty) => setTransactionMessageFeePayerSigner(payer, empty),
    (paid) => setTransactionMessageLifetimeUsingBlockhash(lifetime, paid),
    (timed) => appendTransactionMessageInstructions(instructions, timed),
  );
  const wire = getBase64EncodedWireTransaction(await signTransactionMessageWithSigners(message));
  const config = { encoding: "base64", preflightCommitment: "confirmed" } as const;
  const sent = await solanaCall("sendTransaction", rpc.sendTransaction(wire, config).send(solanaBounds()));
  return { signature: solanaSignatureToHex(sent), lastValidHeight: lifetime.lastValidBlockHeight };
}

/** Looks how far a sent transaction is. */
export async function readStanding({ rpc }: SolanaCluster, sent: SentSolana): Promise<SolanaStanding> {
  // Asked before the statuses, so that whatever stood by then is among them.
  const height = await solanaCall(
    "getBlockHeight",
    rpc.getBlockHeight({ commitment: "finalized" }).send(solanaBounds()),
  );
  const asked = rpc.getSignatureStatuses([hexToSolanaSignature(sent.signature)], { searchTransactionHistory: true });
  const { value } = await solanaCall("getSignatureStatuses", asked.send(solanaBounds()));
  const [status] = value;
  if (status === null || status === undefined) return { kind: height > sent.lastValidHeight ? "expired" : "unseen" };
  const commitment = status.confirmationStatus ?? "processed";
  return status.err === null
    ? { kind: "stands", commitment, slot: Number(status.slot) }
    : { kind: "failed", commitment };
}
