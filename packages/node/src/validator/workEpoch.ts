import {
  type Bytes32,
  drawOwnDuties,
  dutyVerdictsCommitment,
  type Eip712Domain,
  encodeOutcomes,
  type SignedVerdict,
  toCompactSignature,
  type Verdict,
  verdictDigest,
} from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { NodeSigner } from "../host/index.js";
import type { Accusations } from "./accusations.js";
import type { CheckTask } from "./checkTask.js";
import type { DutyBook } from "./dutyBook.js";
import type { DutySource } from "./dutySource.js";
import type { TaskToCheck } from "./fetchDutyEvidence.js";
import type { ValidatorMetrics } from "./metrics.js";
import type { ValidatorChain } from "./validatorChain.js";
import { ValidatorError } from "./validatorError.js";

export type WorkParts = {
  readonly chainId: number;
  readonly check: CheckTask;
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
 * Draws a validator's duties of an epoch, checks each, and commits to what it found. Each verdict is on the disk before the next is looked for, and the
 * document before anybody hears of it. What isn't found when `late` aborts is missed; `signal` gives all of it up.
 */
export async function workEpoch(
  epoch: number,
  parts: WorkParts,
  { late, signal }: { readonly late: AbortSignal; readonly signal: AbortSignal },
): Promise<WorkOutcome> {
  const { chain, book, signer, metrics, log } = parts;
  const drawn = await drawOwn(epoch, parts, signal);
  if (drawn === undefined) return "waits";
  const verdicts: SignedVerdict[] = [];
  for (const task of drawn) {
    const verdict = await findVerdict({ epoch, task }, parts, AbortSignal.any([late, signal]));
    if (signal.aborted) return "waits";
    if (verdict !== undefined) verdicts.push(verdict);
  }
  metrics.drawn.add({}, drawn.length);
  metrics.missed.add({}, drawn.length - verdicts.length);
  for (const { verdict } of verdicts) metrics.done.add({ outcome: verdict.outcome });
  log.info("Duties checked", { epoch, drawn: drawn.length, done: verdicts.length });
  if (verdicts.length === 0) return "done";
  const said = new Map(verdicts.map(({ verdict }) => [verdict.taskId, verdict.outcome]));
  const validator = signer.address;
  const { chainId } = parts;
  const document = { chainId, epoch, validator, verdicts };
  const committed = await book.keepDocument(document, encodeOutcomes(drawn.map(({ id }) => said.get(id))));
  await chain.commitVerdicts({
    epoch,
    commitment: dutyVerdictsCommitment({ chainId, epoch, validator, ...committed }),
  });
  return "done";
}

/** The tasks that this validator has to check, by id. Undefined while nobody can say. */
async function drawOwn(
  epoch: number,
  { source, book, signer, chainId }: WorkParts,
  signal: AbortSignal,
): Promise<readonly TaskToCheck[] | undefined> {
  const from = await source.drawnFrom(epoch, signal);
  if (from.kind !== "tasks") {
    if (from.kind === "hidden") throw new ValidatorError({ code: "VALIDATOR_TASKS_HIDDEN", epoch });
    return undefined;
  }
  const secret = book.findSecret(epoch);
  if (secret === undefined) throw new ValidatorError({ code: "VALIDATOR_RECORD_MISSING", what: "secret", epoch });
  const { tasks, pledges, settled } = from;
  const own = { validator: signer.address, secret };
  return drawOwnDuties({ chainId, epoch, pledges, tasks, own }).map((taskId) => {
    const task = settled.get(taskId);
    if (task === undefined) throw new ValidatorError({ code: "VALIDATOR_TASK_UNKNOWN", taskId });
    return task;
  });
}

/** The verdict on one task: that of before, or a new one. Undefined when it is too late, or the check failed. */
async function findVerdict(
  wanted: { readonly epoch: number; readonly task: TaskToCheck },
  parts: WorkParts,
  signal: AbortSignal,
): Promise<SignedVerdict | undefined> {
  const { check, book, domain, signer, randomBytes32, log } = parts;
  const { epoch, task } = wanted;
  const known = book.findVerdict({ epoch, taskId: task.id });
  if (known !== undefined || signal.aborted) return known;
  try {
    const { accusation, ...finding } = await check(wanted, signal);
    if (accusation !== undefined) await parts.accusations.keep(epoch, accusation);
    const verdict: Verdict = { taskId: task.id, tier: 1, ...finding, salt: randomBytes32() };
    const signature = toCompactSignature(signer.sign(verdictDigest(domain, verdict)));
    return await book.keepVerdict(epoch, { verdict, signature });
  } catch (error) {
    if (!signal.aborted) log.warn("A duty could not be done", { epoch, taskId: task.id }, error);
    return undefined;
  }
}
