import type { Address, Bytes32, SegmentBody } from "@cortensor/protocol";
import type { CheckReply } from "@cortensor/wire";
import { askCheck, type CheckOutcome } from "./askCheck.js";
import { checkersOf } from "./checkers.js";
import { fetchBody } from "./fetchBody.js";
import type { SeatOffer } from "./minerSeat.js";
import type { RouterCore } from "./routerCore.js";

/** An answer that was made by one miner, whole. */
export type AnswerToCheck = {
  readonly author: SeatOffer;
  /** Struct hash of its result. */
  readonly result: Bytes32;
  readonly epoch: number;
  /** Owners who must not check it. */
  readonly notOf: ReadonlySet<Address>;
  /** Miners that have checked an answer to this task before: others are asked first. */
  readonly before: ReadonlySet<Address>;
  /** Another owner's author that made the same text, and of which one of those has said that a token is wrong. */
  readonly agrees: Address | undefined;
  /** Most that one checker may take. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

export type AnswerCheck =
  | { readonly kind: "holds"; readonly by: Address }
  | { readonly kind: "wrong"; readonly by: Address; readonly differs: Differs | undefined }
  /** Its miner doesn't show what it signed. */
  | { readonly kind: "withheld" }
  /** Nobody who was asked could say. */
  | { readonly kind: "unchecked" };

type Differs = NonNullable<Extract<CheckReply, { readonly kind: "checked" }>["differs"]>;

/** Miners that are asked to check one answer before it is given up. */
const CHECKERS_MAX = 3;

/**
 * Has another miner check an answer, with all that its result commits to. The first that can say decides. Where nobody is left who hasn't spoken, two
 * authors that made the same outvote the checker that stands against them. Never rejects.
 */
export async function checkAnswer(core: RouterCore, asked: AnswerToCheck): Promise<AnswerCheck> {
  const { author, result, before, agrees } = asked;
  const { metrics } = core;
  const shown = await fetchBody(core, result, [author.miner]);
  if (shown === undefined) {
    metrics.checks.add({ outcome: "withheld" });
    return { kind: "withheld" };
  }
  // What the miner offered counts, not what it says of it now.
  const body = { ...shown, contextTokens: author.contextTokens };
  const checkers = checkersFor(core, asked);
  const first = await askInTurn(core, asked, { body, checkers: checkers.filter(({ miner }) => !before.has(miner)) });
  if (first.kind !== "unchecked") return first;
  if (agrees !== undefined) return { kind: "holds", by: agrees };
  return askInTurn(core, asked, { body, checkers: checkers.filter(({ miner }) => before.has(miner)) });
}

async function askInTurn(
  { log, clock, metrics }: RouterCore,
  { author, epoch, timeoutMs, signal }: AnswerToCheck,
  { body, checkers }: { readonly body: SegmentBody; readonly checkers: readonly SeatOffer[] },
): Promise<Exclude<AnswerCheck, { readonly kind: "withheld" }>> {
  for (const { miner: by, seat } of checkers.slice(0, CHECKERS_MAX)) {
    if (signal.aborted) break;
    const said = await askCheck(seat.link, { kind: "check", body, epoch }, { clock, timeoutMs, signal });
    metrics.checks.add({ outcome: outcomeOf(said) });
    if (said.kind !== "checked" || said.verdict === "undecided") continue;
    if (said.verdict === "holds") return { kind: "holds", by };
    const { taskId } = body.result;
    const { differs } = said;
    log.warn("An answer is wrong, its checker says", { taskId, miner: author.miner, by, ...differs });
    return { kind: "wrong", by, differs };
  }
  return { kind: "unchecked" };
}

/** Those that do nothing first, each half in an order that no miner foresees. */
function checkersFor({ board, random }: RouterCore, { author, notOf }: AnswerToCheck): readonly SeatOffer[] {
  return checkersOf(board, author)
    .filter(({ seat }) => !notOf.has(seat.owner))
    .map((offer) => ({ offer, place: random() + (offer.tasks > 0 ? 1 : 0) }))
    .sort((left, right) => left.place - right.place)
    .map(({ offer }) => offer);
}

function outcomeOf(said: CheckOutcome): string {
  if (said.kind === "checked") return said.verdict;
  return said.kind === "checkDeclined" ? said.code : said.kind;
}
