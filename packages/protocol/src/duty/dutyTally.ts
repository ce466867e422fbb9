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
  /** Duties that the validation fund pays for. */
  readonly paid: number;
  /** Planted results among its duties that it passed: each is a wrong result of its own, and it is paid for nothing of the epoch. */
  readonly missedPlants: readonly Bytes32[];
};

/**
 * Each validator's duties, by address. Paid is a verdict of `passed` or `failed`: who can't decide saves the work, whoever doesn't want to do it says so
 * too, and neither costs it anything. A planted result must be found: nothing else that is said of it is paid.
 */
export function dutyTallies(of: {
  readonly duties: readonly DutyRecord[];
  readonly verdicts: readonly ShownVerdict[];
  readonly plants: readonly Pick<ProvenPlant, "taskId">[];
}): readonly DutyTally[] {
  const said = new Map(of.verdicts.map(({ validator, taskId, outcome }) => [`${validator} ${taskId}`, outcome]));
  const planted = new Set(of.plants.map(({ taskId }) => taskId));
  const validators = [...new Set(of.duties.map(({ validator }) => validator))].sort();
  return validators.map((validator) => {
    const own = of.duties.filter((duty) => duty.validator === validator);
    const found = own.map(({ taskId }) => ({ taskId, outcome: said.get(`${validator} ${taskId}`) }));
    const missedPlants = found
      .filter(({ taskId, outcome }) => planted.has(taskId) && outcome === "passed")
      .map(({ taskId }) => taskId);
    const decided = found.filter(({ outcome }) => outcome === "passed" || outcome === "failed");
    return {
      validator,
      drawn: own.length,
      missed: found.filter(({ outcome }) => outcome === undefined).length,
      paid: missedPlants.length > 0 ? 0 : decided.length,
      missedPlants,
    };
  });
}
