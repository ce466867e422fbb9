import type { SeatedTask } from "@cortensor/chain";
import { ZERO_BYTES32 } from "@cortensor/protocol";
import type { WatchedTask } from "../../host/index.js";
import type { LifeView, PlannedAct } from "./lifeView.js";

/** How long a solver lets its engine's paying tasks go first: then a quarter of what the easiest demand allows is over. */
const YIELD_SECONDS = 15;

/** What the node does in tasks that it has a seat in, and the deadlines of theirs that it enforces. */
export function planTurns(view: LifeView): readonly PlannedAct[] {
  return view.tasks.flatMap((task) => {
    const { seated } = task;
    if (seated === undefined || seated.phase === "ended" || !hasSeat(view, seated)) return [];
    const { deadlineSeconds } = seated;
    const turn = planTurn(view, task, seated);
    return [
      ...(turn === undefined ? [] : [{ untilSeconds: deadlineSeconds, ...turn }]),
      { act: { kind: "expire", taskId: task.taskId }, atSeconds: deadlineSeconds },
    ];
  });
}

function hasSeat({ self }: LifeView, { creators, preparers, solvers, scorers }: SeatedTask): boolean {
  return [creators, preparers, solvers, scorers].some((seats) => seats.includes(self));
}

function planTurn(view: LifeView, task: WatchedTask, seated: SeatedTask): PlannedAct | undefined {
  const { self, nowSeconds: atSeconds, work, topics } = view;
  const { taskId } = task;
  const own = work.get(taskId);
  const isOwnTopic = topics.some(({ topicHash }) => topicHash === seated.topicHash);
  switch (seated.phase) {
    case "requested": {
      const topicHash = topics[0]?.topicHash ?? ZERO_BYTES32;
      const isOwn = seated.creators[seated.creatorTurn] === self && topicHash !== ZERO_BYTES32;
      return isOwn ? { act: { kind: "create", taskId, topicHash }, atSeconds } : undefined;
    }
    case "created":
      return seated.preparers[seated.preparerTurn] === self
        ? { act: { kind: "prepare", taskId }, atSeconds }
        : undefined;
    case "started": {
      if (!seated.solvers.includes(self) || seated.precommitted.includes(self) || !isOwnTopic) return undefined;
      if (own?.kind === "solved") return { act: { ...own, kind: "precommit", taskId }, atSeconds };
      if (own !== undefined) return undefined;
      const waitsUntil = seated.startedAtSeconds + YIELD_SECONDS;
      return { act: { kind: "solve", taskId }, atSeconds: view.isEngineFree ? atSeconds : waitsUntil };
    }
    case "precommitted": {
      const isAwaited = seated.precommitted.includes(self) && !seated.committed.some(({ solver }) => solver === self);
      return isAwaited && own?.kind === "solved" ? { act: { ...own, kind: "commit", taskId }, atSeconds } : undefined;
    }
    case "committed": {
      if (!seated.scorers.includes(self) || seated.scored.includes(self) || !isOwnTopic) return undefined;
      if (own?.kind === "scored") return { act: { kind: "sendScore", taskId, good: own.good }, atSeconds };
      return own === undefined ? { act: { kind: "score", taskId }, atSeconds } : undefined;
    }
    default:
      return undefined;
  }
}
