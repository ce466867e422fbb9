import {
  type Address,
  type Bytes32,
  drawOwnDuties,
  dutyVerdictsCommitment,
  type Eip712Domain,
  encodeOutcomes,
  ownOpenings,
  type SignedVerdict,
  toCompactSignature,
  type Verdict,
  verdictDigest,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { NodeSigner } from "../host/index.js";
import type { Accusations } from "./accusations.js";
import type { CheckedTask, CheckTask } from "./checkTask.js";
import type { DutyBook } from "./dutyBook.js";
import type { DutySource } from "./dutySource.js";
import type { TaskToCheck } from "./fetchDutyEvidence.js";
import type { ValidatorMetrics } from "./metrics.js";
import type { Openings } from "./openings/index.js";
import type { ValidatorChain } from "./validatorChain.js";
import { ValidatorError } from "./validatorError.js";

export type WorkParts = {
  readonly chainId: number;
  readonly check: CheckTask;
  /** Absent: it opens nothing. */
  readonly openings?: Openings;
  readonly chain: Pick<ValidatorChain, "commitVerdicts">;
  readonly domain: Eip712Domain;
  readonly signer: NodeSigner;
  readonly source: Pick<DutySource, "drawnFrom">;
  readonly book: DutyBook;
  readonly accusations: Pick<Accusations, "keep">;
  readonly randomBytes32: () => Bytes32;
  readonly metrics: ValidatorMetrics;
  readonly log: Logger;
};

/** What became of an epoch's work. */
export type WorkOutcome =
  /** Nothing can be drawn yet. */
  "waits" | "done";

/**
 * Draws a validator's duties of an epoch, checks each, opens what the beacon drew it for, and commits to what it found. Each verdict is on the disk before the next is looked for, and
 * the document before anybody hears of it. What isn't found when `late` aborts is missed; `signal` gives all of it up.
 */
export async function workEpoch(
  epoch: number,
  parts: WorkParts,
  { late, signal }: { readonly late: AbortSignal; readonly signal: AbortSignal },
): Promise<WorkOutcome> {
  const { chain, book, signer, metrics, log } = parts;
  const drawn = await drawOwn(epoch, parts, signal);
  if (drawn === undefined) return "waits";
  const { duties, openings } = drawn;
  const verdicts = await findVerdicts(epoch, { ...drawn, parts }, AbortSignal.any([late, signal]));
  if (signal.aborted) return "waits";
  const said = new Map(verdicts.map(({ verdict }) => [verdict.taskId, verdict.outcome]));
  const done = duties.filter(({ id }) => said.has(id)).length;
  metrics.drawn.add({}, duties.length);
  metrics.missed.add({}, duties.length - done);
  for (const { verdict } of verdicts) metrics.done.add({ outcome: verdict.outcome });
  log.info("Duties checked", { epoch, drawn: duties.length, done, opened: openings.length });
  if (verdicts.length === 0) return "done";
  const validator = signer.address;
  const { chainId } = parts;
  const document = { chainId, epoch, validator, verdicts };
  const behind = openings.some(({ id }) => said.has(id)) ? openings : [];
  const outcomes = encodeOutcomes([...duties, ...behind].map(({ id }) => said.get(id)));
  const committed = await book.keepDocument(document, outcomes);
  await chain.commitVerdicts({
    epoch,
    commitment: dutyVerdictsCommitment({ chainId, epoch, validator, ...committed }),
  });
  return "done";
}

type Drawn = {
  readonly duties: readonly TaskToCheck[];
  /** Tasks that the beacon drew it to open, in the order of its outcomes: none of its duties. */
  readonly openings: readonly TaskToCheck[];
  /** Duties that it may open too. */
  readonly both: ReadonlySet<Bytes32>;
};

/** The tasks that this validator has to check, and those that it may open, by id. Undefined while nobody can say. */
async function drawOwn(
  epoch: number,
  { source, openings, book, signer, chainId }: WorkParts,
  signal: AbortSignal,
): Promise<Drawn | undefined> {
  const from = await source.drawnFrom(epoch, signal);
  if (from.kind !== "tasks") {
    if (from.kind === "hidden") throw new ValidatorError({ code: "VALIDATOR_TASKS_HIDDEN", epoch });
    return undefined;
  }
  const secret = book.findSecret(epoch);
  if (secret === undefined) throw new ValidatorError({ code: "VALIDATOR_RECORD_MISSING", what: "secret", epoch });
  const { tasks, pledges, settled } = from;
  const validator = signer.address;
  const duties = drawOwnDuties({ chainId, epoch, pledges, tasks, own: { validator, secret } });
  const opened = openings === undefined ? new Map<Bytes32, Address>() : await openings.drawn(epoch, signal);
  if (opened === undefined) return undefined;
  const taskOf = (taskId: Bytes32): TaskToCheck => {
    const task = settled.get(taskId);
    if (task === undefined) throw new ValidatorError({ code: "VALIDATOR_TASK_UNKNOWN", taskId });
    return task;
  };
  return {
    duties: duties.map(taskOf),
    openings: ownOpenings(opened, { validator, duties }).map(taskOf),
    both: new Set(duties.filter((taskId) => opened.get(taskId) === validator)),
  };
}

/** What can be opened is found by that, also where it is a duty: a sealed task shows nothing else. Of what is no duty only a wrong result is told. */
async function findVerdicts(
  epoch: number,
  { duties, openings, both, parts }: Drawn & { readonly parts: WorkParts },
  signal: AbortSignal,
): Promise<readonly SignedVerdict[]> {
  const { book } = parts;
  const verdicts: SignedVerdict[] = [];
  const add = async (task: TaskToCheck, found?: CheckedTask): Promise<void> => {
    const verdict = await findVerdict({ epoch, task, found }, parts, signal);
    if (verdict !== undefined) verdicts.push(verdict);
  };
  for (const task of duties) if (!both.has(task.id)) await add(task);
  const isNew = ({ id: taskId }: TaskToCheck): boolean => book.findVerdict({ epoch, taskId }) === undefined;
  const wanted = [...duties.filter(({ id }) => both.has(id)), ...openings];
  const opened = await parts.openings?.find(epoch, wanted.filter(isNew), signal);
  for (const task of wanted) {
    const found = opened?.get(task.id);
    if (both.has(task.id) || !isNew(task) || found?.outcome === "failed") await add(task, found);
  }
  return verdicts;
}

/** The verdict on one task: that of before, or a new one, of what was found or is found now. Undefined when it is too late, or the check failed. */
async function findVerdict(
  {
    epoch,
    task,
    found,
  }: { readonly epoch: number; readonly task: TaskToCheck; readonly found?: CheckedTask | undefined },
  parts: WorkParts,
  signal: AbortSignal,
): Promise<SignedVerdict | undefined> {
  const { check, book, domain, signer, randomBytes32, log } = parts;
  const known = book.findVerdict({ epoch, taskId: task.id });
  if (known !== undefined || (found === undefined && signal.aborted)) return known;
  try {
    const { accusation, ...finding } = found ?? (await check({ epoch, task }, signal));
    if (accusation !== undefined) await parts.accusations.keep(epoch, accusation);
    const verdict: Verdict = { taskId: task.id, tier: 1, ...finding, salt: randomBytes32() };
    const signature = toCompactSignature(signer.sign(verdictDigest(domain, verdict)));
    return await book.keepVerdict(epoch, { verdict, signature });
  } catch (error) {
    if (!signal.aborted) log.warn("A duty could not be done", { epoch, taskId: task.id }, error);
    return undefined;
  }
}
