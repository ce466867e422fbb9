import { CodedError } from "@cortensor/protocol";

/**
 * Why a hosted document wasn't fetched. `host` is a name and a port, `sha256` what was pinned: never an address' path or query, which may
 * hold a secret, and nothing of what was fetched.
 */
export type HostingErrorData =
  /** Neither `{url, sha256, bytes}` nor `{cid, bytes?}`. The reason doesn't quote it. */
  | { readonly code: "HOSTING_BAD_REFERENCE"; readonly reason: string }
  /** This process fetches nothing by URL, or nothing by CID. */
  | { readonly code: "HOSTING_OFF"; readonly source: "url" | "cid" }
  | { readonly code: "HOSTING_HOST_NOT_ALLOWED"; readonly host: string }
  /** A name that leads to an address which this process may not reach. */
  | { readonly code: "HOSTING_ADDRESS_REFUSED"; readonly host: string; readonly address: string }
  | { readonly code: "HOSTING_UNREACHABLE"; readonly host: string; readonly reason: string }
  | { readonly code: "HOSTING_TIMEOUT"; readonly host: string; readonly phase: "whole" | "idle" | "slow" }
  | { readonly code: "HOSTING_REDIRECTED"; readonly host: string; readonly status: number }
  | { readonly code: "HOSTING_STATUS"; readonly host: string; readonly status: number }
  | { readonly code: "HOSTING_BAD_TYPE"; readonly host: string }
  /** Compressed, whatever it would unpack to. */
  | { readonly code: "HOSTING_ENCODED"; readonly host: string }
  | { readonly code: "HOSTING_WRONG_LENGTH"; readonly host: string; readonly said: "declared" | "more" | "fewer" }
  | { readonly code: "HOSTING_WRONG_HASH"; readonly host: string; readonly sha256: string }
  /** Not UTF-8, or with a NUL. */
  | { readonly code: "HOSTING_NOT_TEXT"; readonly host: string }
  | { readonly code: "HOSTING_TOO_LARGE"; readonly most: number }
  | { readonly code: "HOSTING_NOT_FOUND"; readonly cid: string };

export class HostingError extends CodedError<HostingErrorData> {}
