import type { Clock } from "@cortensor/runtime";
import type { Link, LinkStream, ProbeReply, ProbeRequest } from "@cortensor/wire";

export type ProbeOutcome =
  | (ProbeReply & { readonly elapsedMs: number })
  | { readonly kind: "late" }
  | { readonly kind: "gone" }
  /** It said something that is no reply to a probe. */
  | { readonly kind: "confused" };

/** Asks a miner to do a probe, and waits for its one reply. */
export async function askProbe(
  link: Pick<Link, "open">,
  probe: ProbeRequest,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<ProbeOutcome> {
  const startMs = clock.nowMs();
  const stream = open(link, probe);
  if (stream === undefined) return { kind: "gone" };
  const done = new AbortController();
  const reply = new Promise<ProbeOutcome>((resolve) => {
    stream.onMessage((message) => {
      if (message.kind !== "probed" && message.kind !== "declined") resolve({ kind: "confused" });
      else resolve({ ...message, elapsedMs: clock.nowMs() - startMs });
    });
  });
  const ended = stream.ended.then((): ProbeOutcome => ({ kind: "gone" }));
  const late = clock.sleep(timeoutMs, done.signal).then(
    (): ProbeOutcome => ({ kind: "late" }),
    (): ProbeOutcome => ({ kind: "gone" }),
  );
  const outcome = await Promise.race([reply, ended, late]);
  done.abort();
  stream.end();
  return outcome;
}

/** Undefined when the link has no room, or is gone. */
function open(link: Pick<Link, "open">, probe: ProbeRequest): LinkStream | undefined {
  try {
    return link.open(probe);
  } catch {
    return undefined;
  }
}
