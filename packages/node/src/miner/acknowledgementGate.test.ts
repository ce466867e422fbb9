import { createManualClock } from "@cortensor/runtime";
import { describe, expect, it } from "vitest";
import {
  ACKNOWLEDGEMENT_WAIT_MS_MAX,
  AcknowledgementGate,
  UNACKNOWLEDGED_MS_MAX,
  UNACKNOWLEDGED_TOKENS_MAX,
} from "./acknowledgementGate.js";

const never = new AbortController().signal;

describe("the acknowledgement gate", () => {
  it("shuts beyond 512 tokens, counted from where the miner began", async () => {
    const gate = new AcknowledgementGate(createManualClock(), 40);
    expect(gate.isShut(40 + UNACKNOWLEDGED_TOKENS_MAX)).toBe(false);
    expect(gate.isShut(41 + UNACKNOWLEDGED_TOKENS_MAX)).toBe(true);
    gate.acknowledge(64);
    expect(gate.isShut(41 + UNACKNOWLEDGED_TOKENS_MAX)).toBe(false);
  });

  it("shuts when a checkpoint waits for more than a second", async () => {
    const clock = createManualClock();
    const gate = new AcknowledgementGate(clock, 0);
    gate.sent(32);
    await clock.advance(UNACKNOWLEDGED_MS_MAX);
    expect(gate.isShut(33)).toBe(false);
    await clock.advance(1);
    expect(gate.isShut(33)).toBe(true);
    gate.acknowledge(32);
    expect(gate.isShut(33)).toBe(false);
  });

  it("opens for an acknowledgement, an abort, or nobody at all after half a minute", async () => {
    const clock = createManualClock();
    const far = UNACKNOWLEDGED_TOKENS_MAX + 100;
    const gate = new AcknowledgementGate(clock, 0);
    const waiting = gate.wait(far, never);
    gate.acknowledge(96);
    gate.acknowledge(100);
    expect(await waiting).toBe(true);
    const stop = new AbortController();
    const aborted = gate.wait(far + 200, stop.signal);
    stop.abort();
    expect(await aborted).toBe(true);
    const late = gate.wait(far + 200, never);
    await clock.advance(ACKNOWLEDGEMENT_WAIT_MS_MAX);
    expect(await late).toBe(false);
    expect(clock.sleepers()).toBe(0);
  });

  it("never moves back", () => {
    const gate = new AcknowledgementGate(createManualClock(), 0);
    gate.acknowledge(64);
    gate.acknowledge(32);
    expect(gate.acknowledged).toBe(64);
  });
});
