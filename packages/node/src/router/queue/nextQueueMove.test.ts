import type { SessionTaskRecord } from "@cortensor/chain";
import { describe, expect, it } from "vitest";
import { nextQueueMove, type QueueHolding } from "./nextQueueMove.js";

const NOW = 1_000;
const MINER = `0x${"11".repeat(20)}` as const;
const SEAT = { miner: MINER, bound: `0x${"00".repeat(32)}`, hasAcked: true, hasCommitted: false } as const;

function aTask(phase: SessionTaskRecord["phase"], hasPrecommitted = false, deadlineSeconds = NOW + 1) {
  return { phase, deadlineSeconds, seats: phase === "enqueued" ? [] : [{ ...SEAT, hasPrecommitted }] };
}

function aHolding(change: Partial<QueueHolding> = {}): QueueHolding {
  return { isOwn: true, run: "idle", hasAnswer: false, ...change };
}

describe("a router's next move", () => {
  it.each([
    ["assigns what waits for it", aTask("enqueued"), aHolding(), "assign"],
    ["runs what it assigned", aTask("assigned"), aHolding(), "run"],
    ["runs it again after a restart, while nobody is bound", aTask("acked"), aHolding(), "run"],
    ["leaves it to those that are bound", aTask("acked", true), aHolding(), "wait"],
    ["leaves another router's task to it", aTask("assigned"), aHolding({ isOwn: false }), "wait"],
    ["waits while it runs", aTask("acked"), aHolding({ run: "running" }), "wait"],
    [
      "waits for the commits of an answer",
      aTask("precommitted", true),
      aHolding({ run: "ended", hasAnswer: true }),
      "wait",
    ],
    ["settles when they are there", aTask("committed", true), aHolding({ run: "ended", hasAnswer: true }), "settle"],
    [
      "settles when nobody may commit any more",
      aTask("ended", true),
      aHolding({ run: "ended", hasAnswer: true }),
      "settle",
    ],
    ["settles at once what came to nothing", aTask("acked"), aHolding({ run: "ended" }), "settle"],
    ["stops a run that nobody waits for", aTask("ended"), aHolding({ run: "running" }), "stop"],
    ["forgets what is over", aTask("ended"), aHolding({ run: "closed" }), "forget"],
    ["forgets what a reorganisation took", undefined, aHolding(), "forget"],
    ["enforces a deadline from its second on", aTask("assigned", false, NOW), aHolding(), "expire"],
    ["enforces it when it can't assign any more", aTask("enqueued", false, NOW), aHolding(), "expire"],
  ] as const)("%s", (_says, task, holding, move) => {
    expect(nextQueueMove(task, holding, NOW)).toBe(move);
  });
});
