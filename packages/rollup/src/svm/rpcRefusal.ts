import type { Wire } from "./wire.js";

/** Codes of JSON-RPC's and of Solana's own. */
export const RPC_CODES = {
  parse: -32_700,
  request: -32_600,
  method: -32_601,
  params: -32_602,
  internal: -32_603,
  preflight: -32_002,
  signature: -32_003,
  minContextSlot: -32_016,
  version: -32_015,
} as const;

/** What the RPC says no with. */
export class RpcRefusal extends Error {
  readonly code: number;
  readonly data: Wire | undefined;

  constructor(code: number, message: string, data?: Wire) {
    super(message);
    this.code = code;
    this.data = data;
  }
}
