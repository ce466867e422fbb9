import type { Hex } from "@cortensor/protocol";
import { z } from "zod";
import { OpError } from "./opError.js";
import { RPC_TIMEOUT_MS } from "./opLimits.js";

export const hexText = z.custom<Hex>((value) => typeof value === "string" && /^0x[0-9a-fA-F]*$/.test(value));
export const hash = z.custom<Hex>((value) => typeof value === "string" && /^0x[0-9a-f]{64}$/.test(value));
export const address = z
  .custom<Hex>((value) => typeof value === "string" && /^0x[0-9a-fA-F]{40}$/.test(value))
  .transform(lower);
/** A number as RPCs write it. */
export const quantity = hexText.transform((text) => BigInt(text));
/** One below 2^53. */
export const smallQuantity = quantity.refine((value) => value <= BigInt(Number.MAX_SAFE_INTEGER)).transform(Number);

/** Asks one method and reads its answer by a schema. */
export type JsonRpc = {
  readonly url: string;
  ask<Schema extends z.ZodType>(
    schema: Schema,
    method: string,
    ...params: readonly unknown[]
  ): Promise<z.output<Schema>>;
};

const answer = z.object({
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string() }).optional(),
});

/** JSON-RPC over HTTP. Throws ROLLUP_RPC_UNREACHABLE (may be tried again) or ROLLUP_RPC_REFUSED. */
export function createJsonRpc(url: string): JsonRpc {
  let id = 0;
  return {
    url,
    async ask(schema, method, ...params) {
      id += 1;
      const body = JSON.stringify({ jsonrpc: "2.0", id, method, params });
      const { result, error } = await post(url, method, body);
      if (error !== undefined)
        throw new OpError({ code: "ROLLUP_RPC_REFUSED", method, rpcCode: error.code, reason: error.message });
      const read = schema.safeParse(result);
      if (!read.success) throw unreachable(method, z.prettifyError(read.error));
      return read.data;
    },
  };
}

async function post(url: string, method: string, body: string): Promise<z.output<typeof answer>> {
  try {
    const headers = { "content-type": "application/json" };
    const response = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(RPC_TIMEOUT_MS) });
    if (!response.ok) throw unreachable(method, `HTTP ${response.status}`);
    return answer.parse(await response.json());
  } catch (error) {
    if (error instanceof OpError) throw error;
    throw unreachable(method, error instanceof Error ? error.message : String(error), error);
  }
}

function unreachable(method: string, reason: string, cause?: unknown): OpError {
  return new OpError({ code: "ROLLUP_RPC_UNREACHABLE", method, reason }, { cause, isRetryable: true });
}

function lower(text: Hex): Hex {
  return `0x${text.slice(2).toLowerCase()}`;
}
