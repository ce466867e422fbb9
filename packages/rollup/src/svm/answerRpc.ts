import { z } from "zod";
import { accountMethods } from "./accountMethods.js";
import { clusterMethods } from "./clusterMethods.js";
import type { RpcMethod, RpcWorld } from "./rpcMethod.js";
import { RPC_CODES, RpcRefusal } from "./rpcRefusal.js";
import { transactionMethods } from "./transactionMethods.js";
import { type Wire, writeWire } from "./wire.js";

const METHODS = new Map<string, RpcMethod>(
  Object.entries({ ...accountMethods, ...clusterMethods, ...transactionMethods }),
);

const ask = z.strictObject({
  jsonrpc: z.literal("2.0"),
  id: z.union([z.string().max(64), z.int()]),
  method: z.string().max(64),
  params: z.unknown().optional(),
});

/** The answer to one request's body, itself JSON. Never rejects for what was asked; a batch is refused. */
export async function answerRpc(world: RpcWorld, body: string): Promise<string> {
  const json = parseJson(body);
  if (json.kind === "bad") return refusalText(null, new RpcRefusal(RPC_CODES.parse, "Parse error"));
  const asked = ask.safeParse(json.value);
  if (!asked.success) return refusalText(null, new RpcRefusal(RPC_CODES.request, "Invalid request"));
  const { id, method, params } = asked.data;
  const work = METHODS.get(method);
  try {
    if (work === undefined) throw new RpcRefusal(RPC_CODES.method, "Method not found");
    return writeWire({ jsonrpc: "2.0", id, result: (await work(world, params)) ?? null });
  } catch (error) {
    if (error instanceof RpcRefusal) return refusalText(id, error);
    throw error;
  }
}

function refusalText(id: string | number | null, { code, message, data }: RpcRefusal): string {
  const error: Wire = { code, message, data };
  return writeWire({ jsonrpc: "2.0", id, error });
}

function parseJson(text: string): { readonly kind: "json"; readonly value: unknown } | { readonly kind: "bad" } {
  try {
    return { kind: "json", value: JSON.parse(text) };
  } catch {
    return { kind: "bad" };
  }
}
