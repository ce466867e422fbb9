import type { AnswerOpening, SessionTaskRecord } from "@cortensor/chain";
import { type Bytes32, hashResult, outCommit, type Result, utf8ToBytes } from "@cortensor/protocol";
import type { Clock } from "@cortensor/runtime";
import type { AnswerReply, Link } from "@cortensor/wire";
import type { MinerBoard } from "../minerBoard.js";

/** A miner reads one record; one that takes longer has none. */
const ANSWER_TIMEOUT_MS = 10_000;
const NONE: AnswerReply = { kind: "noAnswer" };

/** What a miner committed to, shown: the struct, and the bytes that it stands for. */
export type ShownAnswer = { readonly result: Result; readonly output: Uint8Array };

/** Asks a miner what it answered to a queued task; undefined when it is late, gone, or shows another thing than it committed to. */
export async function askAnswer(
  link: Pick<Link, "open">,
  { taskId, committed }: { readonly taskId: Bytes32; readonly committed: Bytes32 },
  clock: Clock,
): Promise<ShownAnswer | undefined> {
  const reply = await ask(link, taskId, clock);
  if (reply.kind === "noAnswer" || hashResult(reply.result) !== committed) return undefined;
  const output = utf8ToBytes(reply.text);
  return outCommit(taskId, output) === reply.result.outCommit ? { result: reply.result, output } : undefined;
}

/** What the miners of a task show of what they committed to, in the order of seats. */
export async function askAnswers(
  { board, clock }: { readonly board: Pick<MinerBoard, "seatOf">; readonly clock: Clock },
  { taskId, seats }: Pick<SessionTaskRecord, "taskId" | "seats">,
): Promise<readonly AnswerOpening[]> {
  const asked = seats.map(async ({ miner, bound, hasCommitted }, seat): Promise<readonly AnswerOpening[]> => {
    const link = hasCommitted ? board.seatOf(miner)?.link : undefined;
    const answer = link === undefined ? undefined : await askAnswer(link, { taskId, committed: bound }, clock);
    return answer === undefined ? [] : [{ seat, ...answer }];
  });
  return (await Promise.all(asked)).flat();
}

/** Never rejects. */
async function ask(link: Pick<Link, "open">, taskId: Bytes32, clock: Clock): Promise<AnswerReply> {
  const done = new AbortController();
  try {
    const stream = link.open({ kind: "showAnswer", taskId });
    const reply = new Promise<AnswerReply>((resolve) => {
      stream.onMessage((message) => resolve(message.kind === "answer" ? message : NONE));
    });
    const late = clock.sleep(ANSWER_TIMEOUT_MS, done.signal);
    const outcome = await Promise.race([reply, stream.ended.then(() => NONE), late.then(() => NONE)]);
    stream.end();
    return outcome;
  } catch {
    // The link has no room, or is gone.
    return NONE;
  } finally {
    done.abort();
  }
}
