import type { Caller } from "@cortensor/api";
import type { Books } from "@cortensor/books";
import type { DataOwner, Embed } from "@cortensor/data";
import { createEmbed } from "../embed.js";
import type { RouterCore } from "../routerCore.js";

/** Embeds files and questions as any other embedding is: by the network, held, metered and receipted, in its client's name. */
export function createDataEmbed(
  core: RouterCore,
  { books }: { readonly books: Pick<Books, "findKey" | "findSession"> },
): Embed {
  const embed = createEmbed(core);
  return async (payer, { model, texts, isBackground }, signal) => {
    const caller = await callerOf(payer, books);
    if (caller === undefined) return GONE;
    // What nobody waits for goes after all that somebody does.
    const priority = isBackground ? "batch" : "interactive";
    const outcome = await embed(caller, { model, texts }, { signal, priority });
    return outcome.kind === "vectors" ? outcome : { kind: "failed", ...outcome.refusal };
  };
}

/** The same client later: as long as its key, if it has one, isn't revoked. */
async function callerOf(
  { account, keyHash }: DataOwner,
  books: Pick<Books, "findKey" | "findSession">,
): Promise<Caller | undefined> {
  const session = await books.findSession(account);
  if (session === undefined) return undefined;
  if (keyHash === undefined) return { account, custody: session.custody };
  const key = await books.findKey(keyHash);
  return key === undefined || key.revoked ? undefined : { account, keyHash, custody: session.custody };
}

const GONE = {
  kind: "failed",
  code: "insufficient_balance",
  message: "The session, or the key, whose files these are is gone.",
} as const;
