import type { DutyRecord } from "../guards/virtualBlock.js";
import type { Address, Bytes32 } from "../primitives.js";
import type { ShownVerdict } from "./dutiesOf.js";
import type { ProvenPlant } from "./provenPlants.js";

/** What an epoch's duties are worth to one validator. */
export type DutyTally = {
  readonly validator: Address;
  readonly drawn: number;
  /** Drawn, and no verdict: not paid. */
  readonly missed: number;
  /** Duties that the validation fund pays for with this epoch. */
  readonly paid: number;
  /** What it said is wrong, and nobody planted: paid if a dispute ends with the same (`dutyPayStep`), else never. */
  readonly accused: readonly Bytes32[];
  /** Planted results among its duties that it passed: each is a wrong result of its own, and it is paid for nothing of the epoch. */
  readonly missedPlants: readonly Bytes32[];
};

/**
 * Each validator's duties, by address. Paid is a verdict of `passed`, and one of `failed` on what was planted. Any other `failed` waits for a dispute to bear it out: an
 * accusation costs nothing to make. Who can't decide saves the work, whoever doesn't want to do it says so too, and neither costs it anything. A planted result
 * must be found: who passed one is paid for nothing of the epoch, now or later. A verdict that isn't of a duty is of an opened task: it accuses, unless the result was
 * planted, which is for duties to find.
 */
export function dutyTallies(of: {
  readonly duties: readonly DutyRecord[];
  readonly verdicts: readonly ShownVerdict[];
  readonly plants: readonly Pick<ProvenPlant, "taskId">[];
}): readonly DutyTally[] {
  const said = new Map(of.verdicts.map(({ validator, taskId, outcome }) => [`${validator} ${taskId}`, outcome]));
  const planted = new Set(of.plants.map(({ taskId }) => taskId));
  const isDuty = new Set(of.duties.map(({ validator, taskId }) => `${validator} ${taskId}`));
  const opened = of.verdicts.filter(
    ({ validator, taskId, outcome }) =>
      outcome === "failed" && !isDuty.has(`${validator} ${taskId}`) && !planted.has(taskId),
  );
  const validators = [...new Set([...of.duties, ...opened].map(({ validator }) => validator))].sort();
  return validators.map((validator) => {
    const own = of.duties.filter((duty) => duty.validator === validator);
    const outcomes = own.map(({ taskId }) => ({ taskId, outcome: said.get(`${validator} ${taskId}`) }));
    const tasksOf = (wanted: "passed" | "failed", isPlanted: boolean): readonly Bytes32[] =>
      outcomes
        .filter(({ taskId, outcome }) => outcome === wanted && planted.has(taskId) === isPlanted)
        .map(({ taskId }) => taskId);
    const missedPlants = tasksOf("passed", true);
    const isPaid = missedPlants.length === 0;
    return {
      validator,
      drawn: own.length,
      missed: outcomes.filter(({ outcome }) => outcome === undefined).length,
      paid: isPaid ? tasksOf("passed", false).length + tasksOf("failed", true).length : 0,
      accused: isPaid ? [...tasksOf("failed", false), ...accusedBy(opened, validator)] : [],
      missedPlants,
    };
  });
}

function accusedBy(opened: readonly ShownVerdict[], of: Address): readonly Bytes32[] {
  return opened.filter(({ validator }) => validator === of).map(({ taskId }) => taskId);
}
