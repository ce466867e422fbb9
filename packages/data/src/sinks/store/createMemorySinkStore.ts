import type { Bytes32 } from "@cortensor/protocol";
import type { NumberedTarget, SinkStore, SinkTaskDraft } from "./sinkStore.js";

/** A store that ends with its process: for tests and simulations. */
export function createMemorySinkStore(): SinkStore {
  const targets = new Map<Bytes32, NumberedTarget>();
  const drafts = new Map<Bytes32, SinkTaskDraft>();
  let version = 0;
  return {
    revision: async () => `${targets.size}.${version}`,
    targets: async () => [...targets.values()],
    async put(target) {
      version += 1;
      targets.set(target.session, { ...target, version });
    },
    remove: async (session) => targets.delete(session),
    async keep(some) {
      for (const draft of some) if (!drafts.has(draft.taskId)) drafts.set(draft.taskId, draft);
    },
    draftsOf: async (taskIds) => taskIds.flatMap((taskId) => drafts.get(taskId) ?? []),
    draftsBefore: async (beforeMs, limit) =>
      [...drafts.values()]
        .filter(({ keptAtMs }) => keptAtMs < beforeMs)
        .sort((one, other) => one.keptAtMs - other.keptAtMs)
        .slice(0, limit),
    async drop(taskIds) {
      for (const taskId of taskIds) drafts.delete(taskId);
    },
  };
}
