import { type Address, dutyCommitment, hasCode } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import { type DutyBook, NO_VERDICTS } from "./dutyBook.js";
import type { ValidatorMetrics } from "./metrics.js";
import type { ValidatorChain } from "./validatorChain.js";
import { ValidatorError } from "./validatorError.js";

export type SecretParts = {
  readonly chain: Pick<ValidatorChain, "chainId" | "readSteps" | "commit" | "show">;
  readonly self: Address;
  readonly book: DutyBook;
  readonly metrics: ValidatorMetrics;
  readonly log: Logger;
};

/** Commits to a secret for an epoch, which is on the disk before; whether it has one on chain then. Whoever may not validate is refused there, and tries again. */
export async function commitSecret(epoch: number, { chain, self, book, log }: SecretParts): Promise<boolean> {
  if ((await chain.readSteps(epoch)).hasCommitted) return true;
  const secret = await book.ensureSecret(epoch);
  const commitment = dutyCommitment({ chainId: chain.chainId, epoch, validator: self, secret });
  try {
    await chain.commit({ epoch, commitment });
  } catch (error) {
    if (!hasCode(error, "CHAIN_REVERTED")) throw error;
    log.debug("Not a validator of an epoch", { epoch }, error);
    return false;
  }
  log.debug("Duty secret committed to", { epoch });
  return true;
}

/** Shows an epoch's secret and what it committed to finding, unless it has, or has none. */
export async function showEpoch(epoch: number, { chain, book, metrics, log }: SecretParts): Promise<void> {
  const steps = await chain.readSteps(epoch);
  if (!steps.hasCommitted || steps.hasShown) return;
  const secret = book.findSecret(epoch);
  const committed = steps.hasCommittedVerdicts ? book.findCommitted(epoch) : NO_VERDICTS;
  if (secret === undefined) throw new ValidatorError({ code: "VALIDATOR_RECORD_MISSING", what: "secret", epoch });
  if (committed === undefined) throw new ValidatorError({ code: "VALIDATOR_RECORD_MISSING", what: "verdicts", epoch });
  await chain.show({ epoch, secret, ...committed });
  metrics.shown.add({});
  log.debug("Duties shown", { epoch });
}
