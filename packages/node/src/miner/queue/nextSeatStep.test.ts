import type { SessionSeat, SessionTaskRecord } from "@cortensor/chain";
import { ZERO_BYTES32 } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { EXPIRE_GRACE_SECONDS, nextSeatStep, type SeatHolding } from "./nextSeatStep.js";

const NOW = 1_000;
const MINER = `0x${"11".repeat(20)}` as const;

function aTask(
  phase: SessionTaskRecord["phase"],
  seat: Partial<SessionSeat> = {},
  deadlineSeconds = NOW + 1,
): Pick<SessionTaskRecord, "phase" | "deadlineSeconds" | "seats"> {
  const fresh = { miner: MINER, bound: ZERO_BYTES32, hasAcked: false, hasPrecommitted: false, hasCommitted: false };
  return { phase, deadlineSeconds, seats: phase === "enqueued" ? [] : [{ ...fresh, ...seat }] };
}

const ACKED = { hasAcked: true };
const BOUND = { hasAcked: true, hasPrecommitted: true };
const SHOWN = { ...BOUND, hasCommitted: true };
const idle: SeatHolding = { isTaken: false, hasResult: false };
const taken: SeatHolding = { isTaken: true, hasResult: false };
const made: SeatHolding = { isTaken: true, hasResult: true };

describe("a seat's next step", () => {
  it.each([
    ["waits for the work before it acks", aTask("assigned"), idle, "wait"],
    ["acks what it works on", aTask("assigned"), taken, "ack"],
    ["acks after a restart what it has made", aTask("assigned"), { isTaken: false, hasResult: true }, "ack"],
    ["waits for the others' acks", aTask("assigned", ACKED), taken, "wait"],
    ["waits for its own result", aTask("acked", ACKED), taken, "wait"],
    ["binds itself to it", aTask("acked", ACKED), made, "precommit"],
    ["waits for the others' precommits", aTask("acked", BOUND), made, "wait"],
    ["shows it", aTask("precommitted", BOUND), made, "commit"],
    ["has nothing left to do then", aTask("precommitted", SHOWN), made, "over"],
    ["has nothing to do in a round that it missed", aTask("acked"), made, "over"],
    ["nor in the one after it", aTask("precommitted", ACKED), made, "over"],
    ["sends nothing that comes too late", aTask("precommitted", BOUND, NOW), made, "over"],
    ["leaves a deadline to others for a while", aTask("assigned", ACKED, NOW - EXPIRE_GRACE_SECONDS + 1), made, "wait"],
    ["then enforces it itself", aTask("assigned", ACKED, NOW - EXPIRE_GRACE_SECONDS), made, "expire"],
    ["looks again where the notice is ahead of the chain", aTask("enqueued"), taken, "wait"],
    ["is over with the task", aTask("ended", SHOWN), made, "over"],
    ["is over where there is no such task", undefined, made, "over"],
  ] as const)("%s", (_says, task, holding, step) => {
    expect(nextSeatStep(task, holding, { miner: MINER, nowSeconds: NOW })).toBe(step);
  });

  it("is another's seat's affair", () => {
    const other = `0x${"22".repeat(20)}` as const;
    expect(nextSeatStep(aTask("assigned"), made, { miner: other, nowSeconds: NOW })).toBe("over");
  });
});
