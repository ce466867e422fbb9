import type { Address, Bytes32, DutyPledge, DutyTask } from "@cortensor/protocol";
import type { TaskToCheck } from "./fetchDutyEvidence.js";

/** What a validator's duties are drawn from: see the guards' `DutyBoard`. */
export type DutySource = {
  /** Tasks and validators of an epoch that is over. */
  drawnFrom(
    epoch: number,
    signal: AbortSignal,
  ): Promise<
    | { readonly kind: "unposted" | "hidden" }
    | {
        readonly kind: "tasks";
        readonly tasks: readonly DutyTask[];
        readonly settled: ReadonlyMap<Bytes32, TaskToCheck>;
        readonly pledges: readonly DutyPledge[];
      }
  >;
  /** Tasks of an epoch whose results were planted, once they can't be opened any more. Undefined while a record that says so isn't shown. */
  plantsOf(epoch: number, signal: AbortSignal): Promise<ReadonlySet<Bytes32> | undefined>;
  /** Where routers answer, those of a lane first. */
  readRouterEndpoints(lane: Address): Promise<readonly string[]>;
};
