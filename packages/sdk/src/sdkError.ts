import { type Bytes32, CodedError } from "@cortensor/protocol";
import type { SealedErrorData } from "./sealed/sealedErrors.js";

/** What the client throws. `SDK_REFUSED` carries the server's own status and code: see `docs/ERRORS.md`. */
export type SdkErrorData =
  | SealedErrorData
  | {
      readonly code: "SDK_REFUSED";
      readonly status: number;
      /** The server's code, as `insufficient_balance`. */
      readonly reason: string;
      readonly detail: string;
      readonly param?: string;
      readonly retryAfterSeconds?: number;
    }
  /** No connection, or one that broke before an answer. */
  | { readonly code: "SDK_UNREACHABLE"; readonly url: string }
  | { readonly code: "SDK_TIMED_OUT"; readonly url: string; readonly timeoutMs: number }
  | { readonly code: "SDK_ABORTED"; readonly url: string }
  /** The server answered something that isn't Cortensor's. */
  | { readonly code: "SDK_BAD_ANSWER"; readonly url: string; readonly problem: string }
  /** A stream ended without saying that it was complete. What came before it is not the whole answer. */
  | { readonly code: "SDK_STREAM_CUT"; readonly taskId?: string }
  | {
      readonly code: "SDK_NEEDS";
      readonly what: "apiKey" | "adminToken" | "auditorToken" | "wallet" | "wallet.account" | "deployment";
    }
  /** The chain knows no session of this index. */
  | { readonly code: "SDK_UNKNOWN_SESSION"; readonly account: number }
  /** The router publishes no key to delegate to. */
  | { readonly code: "SDK_NO_SPENDING_KEY"; readonly router: string }
  /** A router's offer to onboard isn't of the network that the wallet knows: in what. */
  | { readonly code: "SDK_FOREIGN_OFFER"; readonly differs: string }
  | { readonly code: "SDK_FEE_ABOVE"; readonly wei: bigint; readonly weiMax: bigint }
  /** The router couldn't bring an order, which may be sent again until its deadline. */
  | { readonly code: "SDK_ORDER_FAILED"; readonly digest: Bytes32; readonly reason: string }
  | { readonly code: "SDK_DEBIT_TOO_LARGE"; readonly wei: bigint; readonly weiMax: bigint }
  | { readonly code: "SDK_FOREIGN_DEBIT"; readonly account: number; readonly lane: string };

export class SdkError extends CodedError<SdkErrorData> {}
