import type { DutyRecord } from "../guards/virtualBlock.js";
import { openingDraw } from "../opening/openingDraw.js";
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
  /** What was found of the duties that were done, and which tasks were opened and found wrong. */
  readonly verdicts: readonly ShownVerdict[];
  readonly tallies: readonly DutyTally[];
};

type RoundFacts = DutyRound & {
  readonly chainId: number;
  readonly epoch: number;
  readonly tasks: readonly DutyTask[];
  /** Of the epoch behind, as seeds take it: by it tasks are drawn to be opened. Absent where there is none: nothing is opened then. */
  readonly openingBeacon?: Bytes32;
};

/**
 * All duties of an epoch and what became of them, from what was posted and the tasks under its results root. The validators are those that
 * committed to a secret: whoever doesn't, or can't check, draws nothing, and nobody's part grows smaller by it. Outcomes that aren't of as many
 * duties as their validator has say nothing. Behind its duties' outcomes a validator may show those of the tasks that the beacon drew it to open (`ownOpenings`): of these only
 * `failed` is heard, as an accusation. Which tasks can be opened nobody but their routers knows, so that a pass of one earns nothing. Throws as `dutiesOf` does.
 */
export function recomputeDuties(
  facts: RoundFacts & { readonly plants?: readonly Pick<ProvenPlant, "taskId">[] },
): EpochDuties {
  const { chainId, epoch, pledges, shows, tasks, plants = [] } = facts;
  const validators = dutyWeights(pledges);
  const drawn = dutiesOf({ chainId, epoch, validators, commits: pledges, reveals: shows, tasks, verdicts: [] });
  const openings = drawOpenings(facts);
  const verdicts = shows.flatMap((show) => verdictsOf(show, drawn.duties, openings));
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

/** Whom the beacon drew to open which tasks, in their order: one for each at most. */
export function drawOpenings({
  tasks,
  pledges,
  openingBeacon: beacon,
}: Pick<RoundFacts, "tasks" | "pledges" | "openingBeacon">): ReadonlyMap<Bytes32, Address> {
  if (beacon === undefined) return new Map();
  const ordered = [...tasks].sort((left, right) => (left.taskId < right.taskId ? -1 : 1));
  return new Map(
    ordered.flatMap((task) => {
      const validator = openingDraw(task, { beacon, candidates: pledges });
      return validator === undefined ? [] : [[task.taskId, validator]];
    }),
  );
}

/** Tasks that one validator may open, in the order of its outcomes: without those that are its duties anyway. */
export function ownOpenings(
  openings: ReadonlyMap<Bytes32, Address>,
  { validator, duties }: { readonly validator: Address; readonly duties: readonly Bytes32[] },
): readonly Bytes32[] {
  const own = new Set(duties);
  return [...openings].flatMap(([taskId, drawn]) => (drawn === validator && !own.has(taskId) ? [taskId] : []));
}

function verdictsOf(
  { validator, outcomes }: DutyShow,
  duties: readonly DutyRecord[],
  drawn: ReadonlyMap<Bytes32, Address>,
): readonly ShownVerdict[] {
  const own = duties.filter((duty) => duty.validator === validator).map(({ taskId }) => taskId);
  const openings = ownOpenings(drawn, { validator, duties: own });
  const said = decodeOutcomes(outcomes, own.length, openings.length) ?? [];
  return [...own, ...openings].flatMap((taskId, index): ShownVerdict[] => {
    const outcome = said[index];
    const isHeard = outcome !== undefined && (index < own.length || outcome === "failed");
    return isHeard ? [{ validator, taskId, outcome }] : [];
  });
}

function keyOf({ validator, taskId }: { readonly validator: Address; readonly taskId: Bytes32 }): string {
  return `${validator} ${taskId}`;
}
