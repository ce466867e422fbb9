import { WORK_WORDS_MAX } from "../limits.js";
import type { Bytes32 } from "../primitives.js";
import { placeOf } from "./workCodec.js";
import type { WorkPart, WorkRecord, WorkTask } from "./workRecord.js";

/**
 * What was noted piece by piece, as one, in order. A task that began in one piece and ended in another did both; of one that comes twice the first counts. Words of miners
 * beyond WORK_WORDS_MAX are left out.
 */
export function mergeWork(
  of: Pick<WorkRecord, "chainId" | "lane" | "epoch">,
  pieces: readonly Pick<WorkRecord, "begun" | "ended">[],
): WorkRecord {
  const begun = new Set<Bytes32>();
  const ended = new Map<Bytes32, WorkTask>();
  for (const piece of pieces) for (const id of piece.begun) begun.add(id);
  for (const piece of pieces) {
    for (const task of piece.ended) {
      const known = ended.get(task.id) ?? task;
      const hasBegun = known.hasBegun || task.hasBegun || begun.delete(task.id);
      ended.set(task.id, hasBegun === known.hasBegun ? known : { ...known, hasBegun });
    }
  }
  for (const id of ended.keys()) begun.delete(id);
  const { chainId, lane, epoch } = of;
  const tasks = [...ended.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
  return { chainId, lane, epoch, begun: [...begun].sort(), ended: withFewWords(tasks) };
}

function withFewWords(tasks: readonly WorkTask[]): readonly WorkTask[] {
  let left = WORK_WORDS_MAX;
  const take = (part: WorkPart): WorkPart => {
    if (part.word === undefined) return part;
    left -= 1;
    const { word: _, ...bare } = part;
    return left < 0 ? bare : part;
  };
  return tasks.map((task) => {
    const isPlain = task.parts.length < 2 && task.parts[0]?.word === undefined;
    return isPlain ? task : { ...task, parts: inOrder(task.parts).map(take) };
  });
}

function inOrder(parts: readonly WorkPart[]): readonly WorkPart[] {
  return [...parts].sort((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1));
}
