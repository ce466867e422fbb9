import type { DutyRecord } from "../guards/virtualBlock.js";
import type { Address, Bytes32 } from "../primitives.js";
import { type Duties, type DutyTask, dutiesOf, type ShownVerdict } from "./dutiesOf.js";
import { decodeOutcomes } from "./dutyOutcomes.js";
import type { DutyCommit, DutyReveal } from "./dutySecret.js";
import { type DutyTally, dutyTallies } from "./dutyTally.js";
import { type DutyCandidate, dutyWeights } from "./dutyWeights.js";
import type { ProvenPlant } from "./provenPlants.js";

/** A commitment to an epoch's secret, with all that its validator's weight follows from, as the chain had it then. */
export type DutyPledge = DutyCommit & DutyCandidate;

/** What a validator showed for an epoch. */
export type DutyShow = DutyReveal & {
  /** Zero without verdicts. */
  readonly documentCid: Bytes32;
  /** See `encodeOutcomes`. */
  readonly outcomes: Uint8Array;
};

/** What was posted of one epoch's duties. */
export type DutyRound = { readonly pledges: readonly DutyPledge[]; readonly shows: readonly DutyShow[] };

export type EpochDuties = Duties & {
  /** What was found of the duties that were done. */
  readonly verdicts: readonly ShownVerdict[];
  readonly tallies: readonly DutyTally[];
};

type RoundFacts = DutyRound & { readonly chainId: number; readonly epoch: number; readonly tasks: readonly DutyTask[] };

/**
 * All duties of an epoch and what became of them, from what was posted and the tasks under its results root. The validators are those that
 * committed to a secret: whoever doesn't, or can't check, draws nothing, and nobody's part grows smaller by it. Outcomes that aren't of as many
 * duties as their validator has say nothing. Throws as `dutiesOf` does.
 */
export function recomputeDuties(
  facts: RoundFacts & { readonly plants?: readonly Pick<ProvenPlant, "taskId">[] },
): EpochDuties {
  const { chainId, epoch, pledges, shows, tasks, plants = [] } = facts;
  const validators = dutyWeights(pledges);
  const drawn = dutiesOf({ chainId, epoch, validators, commits: pledges, reveals: shows, tasks, verdicts: [] });
  const verdicts = shows.flatMap((show) => verdictsOf(show, drawn.duties));
  const done = new Set(verdicts.map(keyOf));
  const duties = drawn.duties.map((duty) => ({ ...duty, isDone: done.has(keyOf(duty)) }));
  return { ...drawn, duties, verdicts, tallies: dutyTallies({ duties, verdicts, plants }) };
}

/** The tasks that one validator has to check, by id: what it draws before anybody has shown a secret. */
export function drawOwnDuties(facts: Omit<RoundFacts, "shows"> & { readonly own: DutyReveal }): readonly Bytes32[] {
  const { chainId, epoch, pledges, tasks, own } = facts;
  const validators = dutyWeights(pledges);
  const round = { chainId, epoch, validators, commits: pledges, reveals: [own], tasks, verdicts: [] };
  return dutiesOf(round).duties.map(({ taskId }) => taskId);
}

function verdictsOf({ validator, outcomes }: DutyShow, duties: readonly DutyRecord[]): readonly ShownVerdict[] {
  const own = duties.filter((duty) => duty.validator === validator);
  const said = decodeOutcomes(outcomes, own.length) ?? [];
  return own.flatMap(({ taskId }, index): ShownVerdict[] => {
    const outcome = said[index];
    return outcome === undefined ? [] : [{ validator, taskId, outcome }];
  });
}

function keyOf({ validator, taskId }: { readonly validator: Address; readonly taskId: Bytes32 }): string {
  return `${validator} ${taskId}`;
}
