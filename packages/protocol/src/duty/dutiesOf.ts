import { hexToBytes } from "../bytes.js";
import { ProtocolError } from "../errors.js";
import type { DutyRecord } from "../guards/virtualBlock.js";
import { type Address, type Bytes32, isBytes32 } from "../primitives.js";
import { dutyBound, dutyDraw, isBelow } from "./dutyDraw.js";
import { type DutyCommit, type DutyReveal, openDutySecrets } from "./dutySecret.js";
import type { DutyValidator } from "./dutyWeights.js";
import type { VerdictOutcome } from "./verdict.js";

/** A task under an epoch's results root, as duties are drawn from it. */
export type DutyTask = {
  /** Its id as the root has it: see `setEntryId`. */
  readonly taskId: Bytes32;
  /** That of its least trusted miner: see `auditRatePpm`. */
  readonly ratePpm: number;
  /** Its miners, their owners, and its router's operator: none of them checks it, nor a validator that one of them owns. */
  readonly parties: ReadonlySet<Address>;
};

/** What a validator said of a task in the first tier, shown in time. */
export type ShownVerdict = {
  readonly validator: Address;
  readonly taskId: Bytes32;
  readonly outcome: VerdictOutcome;
};

/** Public records of an epoch that its duties follow from. */
export type DutyFacts = {
  readonly chainId: number;
  readonly epoch: number;
  readonly validators: readonly DutyValidator[];
  readonly commits: readonly DutyCommit[];
  readonly reveals: readonly DutyReveal[];
  readonly tasks: readonly DutyTask[];
  readonly verdicts: readonly ShownVerdict[];
};

export type Duties = {
  /** Each once, by validator, then task. One without a verdict is missed. */
  readonly duties: readonly DutyRecord[];
  /** Validators that committed to a secret and didn't show it. */
  readonly missing: readonly Address[];
  /** Tasks that no validator may check, since each is a party to it. */
  readonly unchecked: readonly Bytes32[];
};

/**
 * All duties of an epoch, recomputed once the secrets are shown. A task's weights are those of the validators that may check it: so each task is checked
 * as often as its rate says on average, whoever made it. What a validator says of a task that it wasn't drawn for is no duty.
 *
 * Throws PROTOCOL_BAD_RECORD for what a contract wouldn't have taken, PROTOCOL_OUT_OF_RANGE for a rate that can't be.
 */
export function dutiesOf(facts: DutyFacts): Duties {
  const { chainId, epoch, commits, reveals, tasks } = facts;
  checkTasks(tasks);
  const { shown, missing } = openDutySecrets({ chainId, epoch, commits, reveals });
  const said = saidBy(facts.verdicts);
  const places = placesOf(tasks, facts.validators);
  const duties = facts.validators.flatMap((one): DutyRecord[] => {
    const secret = shown.get(one.validator);
    if (secret === undefined) return [];
    const draw = dutyDraw(secret);
    const boundFor = boundsOf(one.weight);
    return places
      .filter(({ task, total }) => {
        if (isParty(one, task)) return false;
        return isBelow(draw(hexToBytes(task.taskId)), boundFor(task.ratePpm, total));
      })
      .map(({ task: { taskId } }) => ({
        validator: one.validator,
        taskId,
        epoch,
        isDone: said.has(keyOf(one.validator, taskId)),
      }));
  });
  const unchecked = places.filter(({ total }) => total === 0n).map(({ task }) => task.taskId);
  return { duties, missing, unchecked };
}

type Place = { readonly task: DutyTask; readonly total: bigint };

/** Tasks by id, each with the weight of all who may check it. */
function placesOf(tasks: readonly DutyTask[], validators: readonly DutyValidator[]): readonly Place[] {
  const all = validators.reduce((sum, { weight }) => sum + weight, 0n);
  return [...tasks]
    .sort((left, right) => (left.taskId < right.taskId ? -1 : 1))
    .map((task) => {
      const excluded = validators.filter((one) => isParty(one, task));
      return { task, total: excluded.reduce((rest, { weight }) => rest - weight, all) };
    });
}

/** Few rates and totals recur over many tasks. */
function boundsOf(weight: bigint): (ratePpm: number, total: bigint) => Uint8Array {
  const bounds = new Map<string, Uint8Array>();
  return (ratePpm, total) => {
    const key = `${ratePpm} ${total}`;
    const bound = bounds.get(key) ?? dutyBound(ratePpm, { weight, total });
    bounds.set(key, bound);
    return bound;
  };
}

function isParty({ validator, owner }: DutyValidator, { parties }: DutyTask): boolean {
  return parties.has(validator) || parties.has(owner);
}

function saidBy(verdicts: readonly ShownVerdict[]): ReadonlySet<string> {
  const said = new Set(verdicts.map(({ validator, taskId }) => keyOf(validator, taskId)));
  if (said.size !== verdicts.length) refuse("two verdicts of one validator on one task");
  return said;
}

function checkTasks(tasks: readonly DutyTask[]): void {
  if (!tasks.every(({ taskId }) => isBytes32(taskId))) refuse("a task id that is no word");
  if (new Set(tasks.map(({ taskId }) => taskId)).size !== tasks.length) refuse("a task twice");
}

function keyOf(validator: Address, taskId: Bytes32): string {
  return `${validator} ${taskId}`;
}

function refuse(reason: string): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_RECORD", what: "duties", reason });
}
