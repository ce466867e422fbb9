import type { Bytes32 } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import type { BodyReply, Link, LinkStream } from "@cortensor/wire";

/** Asks a miner for the body of an address. `noBody` too when it is late, gone, or says something else. Never rejects. */
export async function askBody(
  link: Pick<Link, "open">,
  address: Bytes32,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<BodyReply> {
  const stream = open(link, address);
  if (stream === undefined) return NONE;
  const done = new AbortController();
  const reply = new Promise<BodyReply>((resolve) => {
    stream.onMessage((message) => resolve(message.kind === "body" ? message : NONE));
  });
  const ended = stream.ended.then(() => NONE);
  const late = clock.sleep(timeoutMs, done.signal).then(
    () => NONE,
    () => NONE,
  );
  const outcome = await Promise.race([reply, ended, late]);
  done.abort();
  stream.end();
  return outcome;
}

const NONE: BodyReply = { kind: "noBody" };

/** Undefined when the link has no room, or is gone. */
function open(link: Pick<Link, "open">, address: Bytes32): LinkStream | undefined {
  try {
    return link.open({ kind: "showBody", address });
  } catch {
    return undefined;
  }
}
