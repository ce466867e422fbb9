import { CodedError } from "@cortensor/protocol";
import { isSolanaError, type SolanaError as KitError, SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR } from "@solana/kit";

/** What the Solana leg throws. */
export type SolanaErrorData =
  /** The RPC serves another cluster than the one named. It is asked for nothing else. */
  | { readonly code: "SOLANA_WRONG_CLUSTER"; readonly expected: string; readonly actual: string }
  /** No usable answer. Another RPC, or the same one later, may give one. */
  | { readonly code: "SOLANA_UNREACHABLE"; readonly call: string; readonly reason: string }
  /** The RPC's own word against what was asked. */
  | { readonly code: "SOLANA_REFUSED"; readonly call: string; readonly reason: string }
  /** The RPC's last final slot is below what was read before: it is old, or behind. */
  | { readonly code: "SOLANA_BEHIND"; readonly slot: number; readonly expected: number }
  /** The RPC lacks a transaction that it, or another, has shown as final. */
  | { readonly code: "SOLANA_MISSING"; readonly signature: string }
  /** What the RPC says contradicts itself, or what was signed. Nothing that it says is used. */
  | { readonly code: "SOLANA_LIED"; readonly what: string }
  /** More transactions than one look walks over. */
  | { readonly code: "SOLANA_BACKLOG"; readonly most: number }
  /** The account that is named as a vault isn't one: no token account of the mint. */
  | { readonly code: "SOLANA_BAD_VAULT"; readonly vault: string; readonly reason: string }
  /** The account that is named as a network's hub isn't one of the program's. */
  | { readonly code: "SOLANA_BAD_HUB"; readonly hub: string }
  | { readonly code: "SOLANA_BAD_ADDRESS"; readonly address: string };

/** An error of the Solana leg, with one of its codes. */
export class SolanaError extends CodedError<SolanaErrorData> {}

/** Awaits an answer of an RPC's, and turns what kit throws into a `SolanaError`. `call` names what was asked. */
export async function solanaCall<Value>(call: string, pending: Promise<Value>): Promise<Value> {
  try {
    return await pending;
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    if (isSolanaError(cause) && !isSilence(cause))
      throw new SolanaError({ code: "SOLANA_REFUSED", call, reason: reasonOf(cause) }, { cause });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SolanaError({ code: "SOLANA_UNREACHABLE", call, reason }, { cause, isRetryable: true });
  }
}

export function lied(what: string): SolanaError {
  return new SolanaError({ code: "SOLANA_LIED", what });
}

function isSilence(error: KitError): boolean {
  return isSolanaError(error, SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR);
}

/** What happened, and beneath it the instruction's own error, which a failed simulation carries as its cause. */
function reasonOf(error: KitError): string {
  const { message, cause } = error;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
