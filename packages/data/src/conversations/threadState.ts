import type { ChatMessage } from "@cortensor/protocol";
import { z } from "zod";
import { FileError } from "../files/fileError.js";

/** One message of a conversation that grows, by a name of its own. */
export type ThreadItem = ChatMessage & { readonly id: string };

/** All of a conversation that grows. */
export type Thread = {
  readonly id: string;
  readonly createdSeconds: number;
  readonly metadata: Readonly<Record<string, string>>;
  readonly items: readonly ThreadItem[];
};

/** What of it is kept sealed. */
export type ThreadState = Pick<Thread, "metadata" | "items">;

const stateSchema = z.strictObject({
  version: z.literal(1),
  metadata: z.record(z.string(), z.string()),
  items: z.array(
    z.strictObject({ id: z.string(), role: z.enum(["system", "user", "assistant"]), content: z.string() }),
  ),
});

export function encodeThread({ metadata, items }: ThreadState): Uint8Array {
  return Buffer.from(JSON.stringify({ version: 1, metadata, items }));
}

/** Throws FILES_UNREADABLE. */
export function decodeThread(bytes: Uint8Array): ThreadState {
  const parsed = stateSchema.safeParse(parseJson(bytes));
  if (!parsed.success) throw new FileError({ code: "FILES_UNREADABLE", what: "conversation", reason: "malformed" });
  const { version: _, ...state } = parsed.data;
  return state;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
