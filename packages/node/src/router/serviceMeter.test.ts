import type { SessionMode } from "@cortensor/chain";
import { PLAIN_TERMS, SERVICE_TASKS_MAX } from "@cortensor/protocol";
import { describe, expect, it } from "vitest";
import { type ServiceEnd, ServiceMeter } from "./serviceMeter.js";
import { PLAIN_RULES } from "./sessionRules.js";

function aMeter({ sla = 10, mode = "ephemeral" }: { sla?: number; mode?: SessionMode } = {}) {
  const now = { ms: 0, epoch: 3 };
  const sessions = {
    knownTerms: (account: number) => (account === 7 ? { ...PLAIN_TERMS, sla } : undefined),
    rulesOf: (account: number) => (account === 7 ? { ...PLAIN_RULES, mode } : undefined),
  };
  const meter = new ServiceMeter({ sessions, time: { epoch: () => now.epoch }, nowMs: () => now.ms });
  return { meter, now };
}

const figures = { account: 7, epoch: 3, sla: 10, asked: 1, answered: 1, first: 1, late: 0 };

describe("the service meter", () => {
  it("counts a request that was answered, and whether its first token was in time", () => {
    const { meter, now } = aMeter();
    const served = meter.begin(7);
    now.ms = 1_000;
    served.first();
    now.ms = 9_000;
    served.first();
    served.end("answered");
    served.end("timeout");
    expect(meter.takeChanged()).toEqual([figures]);
    const late = meter.begin(7);
    now.ms += 1_001;
    late.first();
    late.end("answered");
    expect(meter.takeChanged()).toEqual([{ ...figures, asked: 2, answered: 2, first: 2, late: 1 }]);
    expect(meter.takeChanged()).toEqual([]);
  });

  it.each<ServiceEnd>(["no_miner", "overloaded", "timeout", "miner_failed", "shutting_down"])(
    "counts one that ends by %s as unanswered",
    (code) => {
      const { meter } = aMeter();
      meter.begin(7).end(code);
      expect(meter.takeChanged()).toEqual([{ ...figures, answered: 0, first: 0 }]);
    },
  );

  it.each<ServiceEnd>([
    "left",
    "insufficient_balance",
    "debit_required",
    "spending_cap_reached",
    "session_unsupported",
    "task_limit_reached",
    "rate_stale",
    "model_not_found",
    "prompt_too_long",
    "document_unavailable",
  ])("doesn't count one that ends by %s", (code) => {
    const { meter } = aMeter();
    meter.begin(7).end(code);
    expect(meter.takeChanged()).toEqual([]);
  });

  it("counts nothing for whom nothing was promised: level 0, dedicated nodes, unknown accounts", () => {
    for (const { meter } of [aMeter({ sla: 0 }), aMeter({ mode: "dedicated" })]) {
      const served = meter.begin(7);
      served.first();
      served.end("answered");
      expect(meter.takeChanged()).toEqual([]);
    }
    const { meter } = aMeter();
    meter.begin(8).end("timeout");
    expect(meter.takeChanged()).toEqual([]);
  });

  it("doesn't count what one session sends beyond the most at once", () => {
    const { meter } = aMeter();
    const tickets = Array.from({ length: SERVICE_TASKS_MAX + 5 }, () => meter.begin(7));
    for (const ticket of tickets) ticket.end("overloaded");
    expect(meter.takeChanged()).toMatchObject([{ asked: SERVICE_TASKS_MAX }]);
    meter.begin(7).end("answered");
    expect(meter.takeChanged()).toMatchObject([{ asked: SERVICE_TASKS_MAX + 1, answered: 1 }]);
  });

  it("counts a request for the epoch in which it came", () => {
    const { meter, now } = aMeter();
    const served = meter.begin(7);
    now.epoch = 4;
    served.end("answered");
    meter.begin(7).end("answered");
    expect(meter.takeChanged().map(({ epoch, asked }) => [epoch, asked])).toEqual([
      [3, 1],
      [4, 1],
    ]);
  });

  it("gives totals again that couldn't be kept, with what came since", () => {
    const { meter } = aMeter();
    meter.begin(7).end("answered");
    const lost = meter.takeChanged();
    meter.begin(7).end("answered");
    meter.again(lost);
    expect(meter.takeChanged()).toMatchObject([{ asked: 2, answered: 2 }]);
  });
});
