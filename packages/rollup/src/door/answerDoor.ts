import type { Address, MemberRole, MemberStandings } from "@cortensor/protocol";
import { z } from "zod";
import type { DoorCallers } from "./doorCallers.js";
import type { DoorEntry } from "./doorEntry.js";
import { DOOR_BATCH_MAX } from "./limits.js";
import { mayCall, type RpcCall } from "./mayCall.js";

/** What a door says to a request. */
export type DoorAnswer = { readonly status: number; readonly body: string };

export type DoorParts = {
  readonly gate: Address;
  readonly callers: Pick<DoorCallers, "find">;
  readonly standings: Pick<MemberStandings, "roleOf">;
  /** Asks the chain behind the door with a body that was let through. Rejects when it doesn't answer. */
  readonly forward: (body: string) => Promise<string>;
  readonly nowSeconds: () => number;
  readonly onEntry: (entry: DoorEntry) => void;
  readonly onError: (error: unknown) => void;
};

/** JSON-RPC's own codes, and this door's for whom it keeps out and what it doesn't let through. */
const CODES = { parse: -32_700, request: -32_600, away: -32_603, method: -32_601, notAMember: -32_001 } as const;

const callSchema = z.strictObject({
  jsonrpc: z.literal("2.0"),
  id: z.union([z.string().max(64), z.int()]),
  method: z.string().max(64),
  params: z.array(z.unknown()).max(8).default([]),
});
const bodySchema = z.union([callSchema, z.array(callSchema).min(1).max(DOOR_BATCH_MAX)]);
type Calls = z.output<typeof bodySchema>;

type Entered = { readonly account: Address; readonly role: MemberRole; readonly by: "word" | "token" | "key" };

/** Lets a member's call through to the chain, as far as its role goes. Who isn't a member learns nothing of the chain, not even its id. */
export async function answerDoor(parts: DoorParts, bearer: string | undefined, body: string): Promise<DoorAnswer> {
  const { nowSeconds, onEntry, callers, standings } = parts;
  const at = nowSeconds();
  const found = await callers.find(bearer);
  if (found.kind === "unknown") {
    onEntry({ at, outcome: "refused", reason: found.fault });
    return refusal(401, CODES.notAMember, `no member of this network is known by that: ${found.fault}`);
  }
  const { account, by } = found;
  const role = await standings.roleOf(account).catch((error: unknown) => {
    parts.onError(error);
    return undefined;
  });
  if (role === undefined) return refusal(503, CODES.away, "the network's chain doesn't answer");
  if (role === "none") {
    onEntry({ at, account, by, role, outcome: "refused", reason: "notAMember" });
    return refusal(401, CODES.notAMember, `${account} is no member of this network`);
  }
  return passCalls(parts, { account, role, by }, body);
}

async function passCalls(parts: DoorParts, { account, role, by }: Entered, body: string): Promise<DoorAnswer> {
  const at = parts.nowSeconds();
  const asked = parseCalls(body);
  if (asked === undefined) {
    parts.onEntry({ at, account, role, by, outcome: "refused", reason: "malformed" });
    return refusal(200, CODES.request, "not a JSON-RPC request of this door");
  }
  const calls = Array.isArray(asked) ? asked : [asked];
  const kept = calls.find((call) => !mayCall(role, call satisfies RpcCall, parts.gate));
  for (const { method } of calls) {
    const outcome = kept === undefined ? { outcome: "passed" as const } : REFUSED;
    parts.onEntry({ at, account, role, by, method, ...outcome });
  }
  if (kept !== undefined) return refusal(200, CODES.method, `${kept.method} is not open to ${role}`, kept.id);
  try {
    // Written anew: what was read is what the chain is asked.
    return { status: 200, body: await parts.forward(JSON.stringify(asked)) };
  } catch (error) {
    parts.onError(error);
    return refusal(503, CODES.away, "the network's chain doesn't answer");
  }
}

const REFUSED = { outcome: "refused", reason: "method" } as const;

function parseCalls(body: string): Calls | undefined {
  try {
    const parsed = bodySchema.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function refusal(status: number, code: number, message: string, id: string | number | null = null): DoorAnswer {
  return { status, body: JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } }) };
}
