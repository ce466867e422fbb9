import type { Clock } from "@cortensor/runtime";
import type { CheckReply, CheckRequest, Link, LinkStream } from "@cortensor/wire";

export type CheckOutcome =
  | CheckReply
  | { readonly kind: "late" }
  | { readonly kind: "gone" }
  /** It said something that is no reply to a check. */
  | { readonly kind: "confused" };

/** Asks a miner to check another's result, and waits for its one reply. An aborted wait is `late`. Never rejects. */
export async function askCheck(
  link: Pick<Link, "open">,
  request: CheckRequest,
  parts: { readonly clock: Clock; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<CheckOutcome> {
  const stream = open(link, request);
  if (stream === undefined) return { kind: "gone" };
  const done = new AbortController();
  const reply = new Promise<CheckOutcome>((resolve) => {
    stream.onMessage((message) => {
      resolve(message.kind === "checked" || message.kind === "checkDeclined" ? message : { kind: "confused" });
    });
  });
  const ended = stream.ended.then((): CheckOutcome => ({ kind: "gone" }));
  const isLate = (): CheckOutcome => ({ kind: "late" });
  const late = parts.clock.sleep(parts.timeoutMs, AbortSignal.any([done.signal, parts.signal])).then(isLate, isLate);
  const outcome = await Promise.race([reply, ended, late]);
  done.abort();
  stream.end();
  return outcome;
}

/** Undefined when the link has no room, or is gone. */
function open(link: Pick<Link, "open">, request: CheckRequest): LinkStream | undefined {
  try {
    return link.open(request);
  } catch {
    return undefined;
  }
}
