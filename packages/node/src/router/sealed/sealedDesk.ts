import type { Caller, Gateway, Refusal } from "@cortensor/api";
import type { Eip712Domain } from "@cortensor/protocol";
import { admit } from "../admit.js";
import { AnswerQueue } from "../answerQueue.js";
import { clientOf } from "../clientOf.js";
import { CLIENT_GONE } from "../refusals.js";
import type { RouterCore } from "../routerCore.js";
import { auditOf, PLAIN_RULES } from "../sessionRules.js";
import type { ConnectionKey } from "./connectionWord.js";
import { FrameBacklog } from "./frameBacklog.js";
import { HeldTasks } from "./heldTasks.js";
import { offersFor } from "./offersFor.js";
import { sharedFault } from "./sampleDraft.js";
import type { SampleShelf } from "./sampleShelf.js";
import { envelopeRefusal, NO_SAMPLES, NO_SEALING, refuseSuite, UNCLAIMED } from "./sealedRefusals.js";
import { sizeOfAsk } from "./sizeOfAsk.js";
import { startSealed } from "./startSealed.js";

type Outcome = Awaited<ReturnType<Gateway["sealed"]["assign"]>>;

/** Serves tasks that the router can't read. `connection`: what it signs assignments with; without it there are none. */
export function createSealedDesk(
  core: RouterCore,
  {
    connection,
    domain,
    samples,
  }: {
    readonly connection: ConnectionKey | undefined;
    readonly domain: Eip712Domain;
    /** Where what may be opened later is kept. */
    readonly samples: SampleShelf | undefined;
  },
): Gateway["sealed"] {
  const tasks = new HeldTasks();
  return {
    assign: async (caller, ask, options) => {
      const served = core.service.begin(caller.account);
      const refuse = (refusal: Refusal): Outcome => {
        served.end(refusal.code);
        core.metrics.refusals.add({ code: refusal.code });
        return { kind: "refused", refusal };
      };
      if (connection === undefined) return refuse(NO_SEALING);
      if (!tasks.mayAdd(caller)) return refuse(UNCLAIMED);
      const card = core.board.cards.find(({ id }) => id === ask.model);
      const entry = card === undefined ? undefined : core.board.modelOf(card.modelId);
      const admission = await admit(core, {
        caller,
        entry,
        sizeOf: (parts) => sizeOfAsk(ask, parts),
        work: "sealed",
        choice: options.choice,
        audit: ask.audit,
        lacking: ({ offers }) => {
          const audit = auditOf(core.sessions.rulesOf(caller.account) ?? PLAIN_RULES, ask.audit);
          if (audit === "auditable" && samples === undefined) return NO_SAMPLES;
          return refuseSuite(offersFor(ask, offers), ask.suite);
        },
      });
      if (admission.kind === "refused") return refuse(admission.refusal);
      const asked = { caller, ask, options, served, admitted: admission };
      const outcome = await startSealed(core, { ...asked, tasks, connection, domain, samples });
      if (outcome.kind === "assigned") return outcome;
      core.books.release(admission.holdId);
      core.limits.drop(caller.account);
      return refuse(outcome.refusal);
    },
    send: (caller, { taskId, envelope, shared }, { signal }) => {
      const held = tasks.get(taskId);
      if (held === undefined || !isSame(held.caller, caller)) return { kind: "unknown" };
      if (signal.aborted) return { kind: "refused", refusal: CLIENT_GONE };
      const shareFault = sharedFault(envelope, shared, held.draft !== undefined);
      if (shareFault !== undefined) return { kind: "refused", refusal: envelopeRefusal(shareFault) };
      const fault = held.run.take(envelope);
      if (fault === "notAwaited") return { kind: "unknown" };
      if (fault !== undefined) return { kind: "refused", refusal: envelopeRefusal(fault) };
      tasks.claim(taskId);
      if (shared !== undefined) held.draft?.begin(envelope, shared);
      if (held.queue !== undefined) return { kind: "resumed" };
      const onAbort = (): void => held.run.abort();
      held.queue = new AnswerQueue(new FrameBacklog(), onAbort);
      signal.addEventListener("abort", onAbort, { once: true });
      return { kind: "streaming", events: held.queue };
    },
    drop: (caller, taskId) => {
      const held = tasks.get(taskId);
      if (held === undefined || !isSame(held.caller, caller) || held.run.hasBegun) return false;
      held.run.abort();
      return true;
    },
  };
}

/** A wallet's bearers are all its own; of an operator's session each key is a customer's. */
function isSame(left: Caller, right: Caller): boolean {
  return left.account === right.account && clientOf(left) === clientOf(right);
}
