import type { DataOwner, Thread, ThreadItem } from "@cortensor/data";
import { OWNER_CONVERSATION_BYTES_MAX, OWNER_CONVERSATIONS_MAX } from "@cortensor/data";
import type { ChatMessage } from "@cortensor/protocol";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { invalidRequest } from "../apiError.js";
import { clientSignal } from "../clientSignal.js";
import {
  type Answered,
  conversationNotFound,
  type DataParts,
  dataRoute,
  json,
  quotaReached,
  refuse,
} from "../files/dataRoute.js";
import { listBody, parsePage } from "../files/pageQuery.js";
import { parse } from "../files/storeRoutes.js";
import { ITEMS_LISTED_DEFAULT, ITEMS_LISTED_MAX } from "../limits.js";
import { addMessages, isTooLong, toItems } from "./addMessages.js";
import { notesField } from "./notesField.js";
import { itemsField, readInput } from "./readInput.js";

type OfOne = FastifyRequest<{ Params: { conversation: string } }>;
type OfItem = FastifyRequest<{ Params: { conversation: string; item: string } }>;

/** Of OpenAI's items, as many as it takes at once. */
const ADDED_MAX = 20;
const createBody = z.object({ items: itemsField.max(ADDED_MAX).nullish(), metadata: notesField.nullish() });
const updateBody = z.object({ metadata: notesField });
const addBody = z.object({ items: itemsField.min(1).max(ADDED_MAX) });

/** `/v1/conversations`, as OpenAI has it: what was said, item by item, which responses go on in. */
export function addConversationRoutes(server: FastifyInstance, parts: DataParts): void {
  const { threads } = parts.data.desk;
  server.post(
    "/v1/conversations",
    dataRoute(parts, async (owner, request) => create(parts, owner, request.body)),
  );
  server.get<{ Params: { conversation: string } }>(
    "/v1/conversations/:conversation",
    dataRoute(parts, async (owner, { params: { conversation: id } }: OfOne, reply) => {
      const thread = await threads.find(owner, id, clientSignal(reply));
      return thread === undefined ? refuse(conversationNotFound(id)) : json(conversationObject(thread));
    }),
  );
  server.post<{ Params: { conversation: string } }>(
    "/v1/conversations/:conversation",
    dataRoute(parts, async (owner, { params: { conversation: id }, body }: OfOne) => {
      const parsed = parse(updateBody, body);
      if (parsed.kind === "refused") return refuse(parsed.error);
      const { metadata } = parsed.value;
      const changed = await threads.change(owner, id, ({ items }) => ({ metadata, items }));
      if (changed.kind === "none") return refuse(conversationNotFound(id));
      return changed.kind === "full" ? refuse(quotaReached(ROOM)) : json(conversationObject(changed.thread));
    }),
  );
  server.delete<{ Params: { conversation: string } }>(
    "/v1/conversations/:conversation",
    dataRoute(parts, async (owner, { params: { conversation: id } }: OfOne) => {
      const isGone = await threads.remove(owner, id);
      return isGone ? json({ id, object: "conversation.deleted", deleted: true }) : refuse(conversationNotFound(id));
    }),
  );
  addItemRoutes(server, parts);
}

function addItemRoutes(server: FastifyInstance, parts: DataParts): void {
  const { threads } = parts.data.desk;
  server.post<{ Params: { conversation: string } }>(
    "/v1/conversations/:conversation/items",
    dataRoute(parts, async (owner, { params: { conversation: id }, body }: OfOne) => {
      const parsed = parse(addBody, body);
      if (parsed.kind === "refused") return refuse(parsed.error);
      const read = readItems(parsed.value.items);
      if (read.kind === "refused") return refuse(read.error);
      const { messages } = read;
      const added = await addMessages(parts.data, owner, id, messages);
      if (added.kind === "none") return refuse(conversationNotFound(id));
      if (added.kind === "full") return refuse(quotaReached(ROOM));
      if (added.kind === "unchanged") return refuse(TOO_LONG);
      const items = added.thread.items.slice(-messages.length).map(itemObject);
      return json(listBody(items, items.length));
    }),
  );
  server.get<{ Params: { conversation: string } }>(
    "/v1/conversations/:conversation/items",
    dataRoute(parts, async (owner, { params: { conversation: id }, query }: OfOne, reply) => {
      const read = parsePage(query, { most: ITEMS_LISTED_MAX, fallback: ITEMS_LISTED_DEFAULT });
      if (read.kind === "refused") return refuse(read.error);
      const thread = await threads.find(owner, id, clientSignal(reply));
      if (thread === undefined) return refuse(conversationNotFound(id));
      const { limit, order, after } = read.page;
      const all = order === "asc" ? [...thread.items] : [...thread.items].reverse();
      const from = after === undefined ? 0 : all.findIndex((item) => item.id === after) + 1;
      if (after !== undefined && from === 0) return refuse(conversationNotFound(after));
      return json(listBody(all.slice(from, from + limit + 1).map(itemObject), limit));
    }),
  );
  server.get<{ Params: { conversation: string; item: string } }>(
    "/v1/conversations/:conversation/items/:item",
    dataRoute(parts, async (owner, { params: { conversation: id, item } }: OfItem, reply) => {
      const thread = await threads.find(owner, id, clientSignal(reply));
      if (thread === undefined) return refuse(conversationNotFound(id));
      const found = thread.items.find((one) => one.id === item);
      return found === undefined ? refuse(conversationNotFound(item)) : json(itemObject(found));
    }),
  );
  server.delete<{ Params: { conversation: string; item: string } }>(
    "/v1/conversations/:conversation/items/:item",
    dataRoute(parts, async (owner, { params: { conversation: id, item } }: OfItem) => {
      const changed = await threads.change(owner, id, ({ metadata, items }) => {
        const left = items.filter((one) => one.id !== item);
        return left.length === items.length ? undefined : { metadata, items: left };
      });
      return changed.kind === "changed"
        ? json(conversationObject(changed.thread))
        : refuse(conversationNotFound(changed.kind === "none" ? id : item));
    }),
  );
}

async function create({ data }: Pick<DataParts, "data">, owner: DataOwner, body: unknown): Promise<Answered> {
  const parsed = parse(createBody, body);
  if (parsed.kind === "refused") return refuse(parsed.error);
  const { items, metadata } = parsed.value;
  const read = readItems(items ?? []);
  if (read.kind === "refused") return refuse(read.error);
  if (isTooLong(read.messages)) return refuse(TOO_LONG);
  const made = await data.desk.threads.create(owner, { metadata: metadata ?? {}, items: toItems(read.messages) });
  return made === undefined ? refuse(quotaReached(ROOM)) : json(conversationObject(made));
}

function readItems(items: z.output<typeof itemsField>): ReturnType<typeof readInput> {
  return readInput(items, undefined, "items");
}

function conversationObject({ id, createdSeconds, metadata }: Thread) {
  return { id, object: "conversation", created_at: createdSeconds, metadata };
}

function itemObject({ id, role, content: text }: ThreadItem) {
  return { id, type: "message", status: "completed", role, content: [contentOf(role, text)] };
}

function contentOf(role: ChatMessage["role"], text: string) {
  return role === "assistant"
    ? { type: "output_text", text, annotations: [], logprobs: [] }
    : { type: "input_text", text };
}

const ROOM = `${OWNER_CONVERSATIONS_MAX} kept responses and conversations, of ${OWNER_CONVERSATION_BYTES_MAX} bytes together`;
const TOO_LONG = invalidRequest(
  "A conversation is as long as a prompt may be, and no longer.",
  "context_length_exceeded",
  "items",
);
