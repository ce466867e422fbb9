import type { Caller } from "@cortensor/api";
import type { EnqueuedTask } from "@cortensor/chain";
import { type Address, type InferenceRequest, priceWei } from "@cortensor/protocol";
import { type Admission, type Admitted, admit } from "../admit.js";
import type { StartParts } from "../inference.js";
import { type SizeParts, sizeOfRequest, type TaskSize } from "../planTask.js";
import { UNKNOWN_ACCOUNT } from "../refusals.js";
import type { RouterCore } from "../routerCore.js";
import { UNPROMISED } from "../serviceMeter.js";

/** A queued task that can be read: who pays for it, and what it asks. */
export type QueuedRequest = {
  readonly caller: Caller;
  readonly request: InferenceRequest;
};

/** Admits a queued task as REST would the request: the same rules, prices and hold, within the fee that the task allows. */
export async function admitQueued(
  core: RouterCore,
  { task }: EnqueuedTask,
  request: InferenceRequest,
): Promise<{ readonly caller: Caller; readonly admission: Admission }> {
  const { account, modelId, redundancy, feeCapWei } = task;
  const session = await core.sessions.find(account);
  const caller: Caller = { account, custody: session?.custody ?? "self" };
  if (session === undefined) return { caller, admission: { kind: "refused", refusal: UNKNOWN_ACCOUNT } };
  const admission = await admit(core, {
    caller,
    entry: core.board.modelOf(modelId),
    sizeOf: (parts) => sizeWithin(task, request, parts),
    work: "generation",
    choice: { maxFeeWei: feeCapWei },
    copies: redundancy,
  });
  return { caller, admission };
}

/** No more prompt tokens than the task pays for: a miner that counts more refuses it. */
function sizeWithin(task: EnqueuedTask["task"], request: InferenceRequest, parts: SizeParts): TaskSize | undefined {
  const size = sizeOfRequest(request, parts);
  if (size === undefined) return undefined;
  const maxIn = Math.min(task.maxIn, parts.card.contextTokens);
  return { maxIn, maxOut: size.maxOut, feeCapWei: priceWei({ ...parts.pricing, nIn: maxIn, nOut: size.maxOut }) };
}

/** What such a task is matched and run with. Nothing is promised of its speed: it waits for blocks. */
export function startPartsOf(
  core: RouterCore,
  of: QueuedRequest & {
    readonly admitted: Admitted;
    readonly signal: AbortSignal;
    readonly closing: StartParts["closing"];
    readonly queued?: StartParts["queued"];
  },
): StartParts {
  const { signal, ...parts } = of;
  const warmTag = core.affinity.tagOf(of.caller, of.request);
  return { ...parts, options: { signal }, served: UNPROMISED, warmTag };
}

/** Gives back what was set aside for a task that won't be run. */
export function releaseQueued({ books, limits }: RouterCore, { holdId, session }: Admitted): void {
  books.release(holdId);
  limits.drop(session.account);
}

/** Which of a task's miners aren't connected here. */
export function missingSeats({ board }: RouterCore, seats: readonly { readonly miner: Address }[]): readonly Address[] {
  return seats.flatMap(({ miner }) => (board.seatOf(miner) === undefined ? [miner] : []));
}
