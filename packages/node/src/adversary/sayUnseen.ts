import { type DutyFinding, uncheckedFinding } from "@cortensor/proof";
import type { Address, Bytes32 } from "@cortensor/protocol";
import { type CheckTask, createDutyCheck, type ValidatorParts } from "../validator/index.js";

/** What an honest check says of good work, without one. */
export const SAYS_PASSED: DutyFinding = { ...uncheckedFinding("undecided"), outcome: "passed" };
export const SAYS_FAILED: DutyFinding = { ...uncheckedFinding("undecided"), outcome: "failed" };

/** Says one and the same of tasks that somebody had a part in, without looking; of all others what an honest check finds. */
export function sayUnseen(
  parts: ValidatorParts,
  lie: { readonly about: ReadonlySet<Address>; readonly finding: DutyFinding },
): Pick<ValidatorParts, "source"> & { readonly check: CheckTask } {
  const { source } = parts;
  const check = createDutyCheck(parts);
  let theirs: ReadonlySet<Bytes32> = new Set();
  return {
    check: (wanted, signal) => (theirs.has(wanted.task.id) ? Promise.resolve(lie.finding) : check(wanted, signal)),
    source: {
      readRouterEndpoints: (lane) => source.readRouterEndpoints(lane),
      plantsOf: (epoch, signal) => source.plantsOf(epoch, signal),
      drawnFrom: async (epoch, signal) => {
        const drawn = await source.drawnFrom(epoch, signal);
        if (drawn.kind !== "tasks") return drawn;
        const isTheirs = ({ parties }: { readonly parties: ReadonlySet<Address> }): boolean =>
          [...parties].some((party) => lie.about.has(party));
        theirs = new Set(drawn.tasks.filter(isTheirs).map(({ taskId }) => taskId));
        return drawn;
      },
    },
  };
}
