import type { Logger } from "@cortensor/runtime";
import type { MinerBoard } from "./minerBoard.js";
import type { RouterCore } from "./routerCore.js";

/** Ends the links of miners whose operators are no nodes of a private network any more. While its gate can't be asked, those stand that stood. */
export async function dropOutsiders(parts: {
  readonly members: RouterCore["members"];
  readonly board: Pick<MinerBoard, "seats">;
  readonly log: Logger;
}): Promise<void> {
  const { members, board, log } = parts;
  if (members === undefined) return;
  for (const seat of [...board.seats]) {
    try {
      if ((await members.roleOf(seat.owner)) === "node") continue;
    } catch (error) {
      log.warn("The private network's gate could not be asked", { miner: seat.miner }, error);
      return;
    }
    log.info("A miner's operator was off-boarded", { miner: seat.miner, operator: seat.owner });
    seat.link.close("unauthorised");
  }
}
