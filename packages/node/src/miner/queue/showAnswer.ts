import type { AnswerRequest, AuthorisedPeer, LinkStream } from "@cortensor/wire";
import type { SeatDesk } from "./seatDesk.js";

/** Shows a router what was said to a task of its operator's, and ends the stream. */
export function showAnswer(
  stream: LinkStream,
  { taskId }: AnswerRequest,
  { router, seats }: { readonly router: AuthorisedPeer; readonly seats: Pick<SeatDesk, "findAnswer"> | undefined },
): void {
  const answer = seats?.findAnswer(router.owner, taskId);
  stream.send(answer === undefined ? { kind: "noAnswer" } : { kind: "answer", ...answer });
  stream.end();
}
