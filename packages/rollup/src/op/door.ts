import { z } from "zod";
import { type JsonServer, serveJson } from "../serveJson.js";
import { type DoorWorld, OWN_METHODS, READ_METHODS } from "./doorMethods.js";
import { DoorRefusal } from "./doorRefusal.js";
import { OpError } from "./opError.js";
import {
  DOOR_ANSWER_BYTES_MAX,
  DOOR_BATCH_MAX,
  DOOR_CONNECTIONS_MAX,
  DOOR_REQUEST_BYTES_MAX,
  DOOR_REQUEST_TIMEOUT_MS,
  RPC_TIMEOUT_MS,
} from "./opLimits.js";

const id = z.union([z.string().max(64), z.number(), z.null()]);
const ask = z.object({
  jsonrpc: z.literal("2.0"),
  id: id.optional(),
  method: z.string().max(64),
  params: z.array(z.unknown()).max(8).optional(),
});
const answer = z.object({
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), message: z.string(), data: z.unknown().optional() }).optional(),
});

/** The one way to a chain from outside: JSON-RPC on this machine alone, of listed methods. */
export function serveDoor(
  world: DoorWorld,
  { port, onError }: { readonly port: number; readonly onError: (error: unknown) => void },
): Promise<JsonServer> {
  return serveJson({
    port,
    answer: (body) => answerDoor(world, body, onError),
    onError,
    requestBytesMax: DOOR_REQUEST_BYTES_MAX,
    connectionsMax: DOOR_CONNECTIONS_MAX,
    requestTimeoutMs: DOOR_REQUEST_TIMEOUT_MS,
  });
}

/** The answer to a request's body: one ask, or a list of them. */
export async function answerDoor(world: DoorWorld, body: string, onError: (error: unknown) => void): Promise<string> {
  const asked = parseJson(body);
  if (asked === undefined) return JSON.stringify(refusal(null, new DoorRefusal(-32_700, "Parse error")));
  if (!Array.isArray(asked)) return JSON.stringify(await answerOne(world, asked, onError));
  if (asked.length === 0 || asked.length > DOOR_BATCH_MAX)
    return JSON.stringify(refusal(null, new DoorRefusal(-32_600, `A list has 1 … ${DOOR_BATCH_MAX} asks`)));
  const answers: unknown[] = [];
  let bytes = 0;
  for (const one of asked) {
    const text = JSON.stringify(await answerOne(world, one, onError));
    bytes += text.length;
    if (bytes > DOOR_ANSWER_BYTES_MAX) return JSON.stringify(refusal(null, tooLarge()));
    answers.push(text);
  }
  return `[${answers.join(",")}]`;
}

async function answerOne(world: DoorWorld, asked: unknown, onError: (error: unknown) => void): Promise<unknown> {
  const read = ask.safeParse(asked);
  if (!read.success) return refusal(null, new DoorRefusal(-32_600, "Invalid request"));
  const { method, params = [] } = read.data;
  const to = read.data.id ?? null;
  try {
    const own = Object.hasOwn(OWN_METHODS, method) ? OWN_METHODS[method] : undefined;
    if (own !== undefined) return { jsonrpc: "2.0", id: to, result: (await own(world, params)) ?? null };
    if (!READ_METHODS.includes(method)) throw new DoorRefusal(-32_601, `Method not found: ${method}`);
    return { jsonrpc: "2.0", id: to, result: await forward(world.machine.url, method, params) };
  } catch (error) {
    if (error instanceof DoorRefusal) return refusal(to, error);
    if (error instanceof OpError && error.data.code === "ROLLUP_RPC_REFUSED")
      return refusal(to, new DoorRefusal(error.data.rpcCode, error.data.reason));
    onError(error);
    return refusal(to, new DoorRefusal(-32_603, "Internal error"));
  }
}

/** Asks the machine, and says what it says. */
async function forward(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    signal: AbortSignal.timeout(RPC_TIMEOUT_MS),
  });
  const { result, error } = answer.parse(JSON.parse(await readBounded(response)));
  if (error !== undefined) throw new DoorRefusal(error.code, error.message, error.data);
  return result ?? null;
}

async function readBounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > DOOR_ANSWER_BYTES_MAX) throw tooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function tooLarge(): DoorRefusal {
  return new DoorRefusal(-32_005, `An answer has at most ${DOOR_ANSWER_BYTES_MAX} bytes`);
}

function refusal(to: string | number | null, { code, message, data }: DoorRefusal): unknown {
  return { jsonrpc: "2.0", id: to, error: { code, message, ...(data === undefined ? {} : { data }) } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) ?? undefined;
  } catch {
    return undefined;
  }
}
