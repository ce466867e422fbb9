import type { Address, MemberStandings } from "@cortensor/protocol";
import type { Logger } from "@cortensor/runtime";
import type { MinerBoard } from "./minerBoard.js";
import type { RouterCore } from "./routerCore.js";

/** Whether each of these accounts is a node of a private network now: a miner's signing key, and its operator. */
export async function areNodes(
  members: Pick<MemberStandings, "roleOf">,
  accounts: readonly Address[],
): Promise<boolean> {
  const roles = await Promise.all(accounts.map((account) => members.roleOf(account)));
  return roles.every((role) => role === "node");
}

/** Ends the links of miners that are no nodes of a private network any more, or whose operators aren't. While its gate can't be asked, those stand that stood. */
export async function dropOutsiders(parts: {
  readonly members: RouterCore["members"];
  readonly board: Pick<MinerBoard, "seats">;
  readonly log: Logger;
}): Promise<void> {
  const { members, board, log } = parts;
  if (members === undefined) return;
  for (const seat of [...board.seats]) {
    try {
      if (await areNodes(members, [seat.miner, seat.owner])) continue;
    } catch (error) {
      log.warn("The private network's gate could not be asked", { miner: seat.miner }, error);
      return;
    }
    log.info("A miner was off-boarded", { miner: seat.miner, operator: seat.owner });
    seat.link.close("unauthorised");
  }
}
