import { WORK_WORDS_MAX } from "../limits.js";
import type { Bytes32 } from "../primitives.js";
import { placeOf } from "./workCodec.js";
import type { WorkPart, WorkRecord, WorkTask } from "./workRecord.js";

/** What was noted piece by piece, as one, in order. A task that began in one piece and ended in another did both; of one that comes twice the first counts. Words of miners beyond WORK_WORDS_MAX are left out. */
export function mergeWork(
  of: Pick<WorkRecord, "chainId" | "lane" | "epoch">,
  pieces: readonly Pick<WorkRecord, "begun" | "ended">[],
): WorkRecord {
  const begun = new Set<Bytes32>(pieces.flatMap((piece) => piece.begun));
  const ended = new Map<Bytes32, WorkTask>();
  for (const task of pieces.flatMap((piece) => piece.ended)) {
    const before = ended.get(task.id) ?? task;
    ended.set(task.id, { ...before, hasBegun: before.hasBegun || task.hasBegun || begun.has(task.id) });
  }
  const { chainId, lane, epoch } = of;
  return {
    ...{ chainId, lane, epoch },
    begun: [...begun].filter((id) => !ended.has(id)).sort(),
    ended: withFewWords([...ended.values()].sort((left, right) => (left.id < right.id ? -1 : 1))),
  };
}

function withFewWords(tasks: readonly WorkTask[]): readonly WorkTask[] {
  let left = WORK_WORDS_MAX;
  const take = (part: WorkPart): WorkPart => {
    if (part.word === undefined) return part;
    left -= 1;
    const { word: _, ...bare } = part;
    return left < 0 ? bare : part;
  };
  const inOrder = (parts: readonly WorkPart[]) =>
    [...parts].sort((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1));
  return tasks.map((task) => ({ ...task, parts: inOrder(task.parts).map(take) }));
}
