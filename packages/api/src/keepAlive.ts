import type { Clock } from "@cortensor/runtime";
import type { FastifyReply } from "fastify";
import { sendStreamHead } from "./answerInference.js";
import { STREAM_SILENCE_MS } from "./limits.js";
import type { OpenedInference } from "./openInference.js";

/** A comment of the event stream: clients skip it, proxies see that the connection lives. */
const COMMENT = ": keep-alive\n\n";
/** Why a wait ends; made once, for an error of its own for each stream would cost more than all else here. */
const OPENED = new Error("The answer has begun or failed.");

/**
 * Waits for an answer's first word. A long wait sends the stream's head and comments, so that nothing on the way takes it for dead;
 * until then the status is still open. Resolves to whether the head is sent.
 */
export async function keepAlive(
  reply: FastifyReply,
  opening: Promise<OpenedInference>,
  wait: { readonly clock: Pick<Clock, "sleep">; readonly taskId: () => string | undefined },
): Promise<boolean> {
  let isHeadSent = false;
  let isOpened = false;
  const done = new AbortController();
  const finish = (): void => {
    isOpened = true;
    done.abort(OPENED);
  };
  opening.then(finish, finish);
  for (;;) {
    await wait.clock.sleep(STREAM_SILENCE_MS, done.signal).catch(() => undefined);
    if (isOpened || reply.raw.destroyed) return isHeadSent;
    const taskId = wait.taskId();
    // Without a task there is nothing to wait for long: what is refused is refused with its status.
    if (taskId === undefined) continue;
    if (!isHeadSent) sendStreamHead(reply, taskId);
    isHeadSent = true;
    reply.raw.write(COMMENT);
  }
}
