import { TRIAL_COINS_WEI } from "@cortensor/chain";
import type { CarriedMessage, LinkCarrier } from "../linkCarrier.js";
import { TRIAL_GAS, type TrialRun } from "./trialRun.js";

/** What an adapter has to hold, in a sentence; throws `TrialFault` where it doesn't. */
export type TrialCheck = { readonly says: string; readonly run: (trial: TrialRun) => Promise<void> };

/** An adapter does other than it has to. */
export class TrialFault extends Error {}

/** Like the contracts' own conformance tests, of a messenger that is deployed and carried by its own carrier over two chains. */
export const TRIAL_CHECKS: readonly TrialCheck[] = [
  { says: "a message is delivered there, and back, with what it moves", run: bothWays },
  { says: "a message is delivered once, however often it is handed in", run: once },
  { says: "messages are delivered in whatever order they are handed in", run: anyOrder },
  { says: "a batch delivers each of its messages once", run: batch },
  {
    says: "a receiver that fails blocks no other, and is tried again by anyone",
    run: (trial) => failing(trial, "fail"),
  },
  { says: "a receiver that burns its gas blocks no other", run: (trial) => failing(trial, "burnGas") },
  { says: "a pause stops deliveries and nothing that leaves, and nothing is lost by it", run: pause },
  { says: "a stranger hands in nothing that was never sent", run: stranger },
];

async function bothWays(trial: TrialRun): Promise<void> {
  await trial.give("near", [5n]);
  await trial.give("far", [3n]);
  await trial.opened.ripen();
  await trial.carry();
  await requireTaken(trial, 1);
  equal(await trial.heldWei("near"), TRIAL_COINS_WEI - 2n, "coins at the near end");
  equal(await trial.heldWei("far"), TRIAL_COINS_WEI + 2n, "coins at the far end");
}

async function once(trial: TrialRun): Promise<void> {
  await trial.give("near", [1n]);
  await trial.opened.ripen();
  const waiting = await waitingOf(trial);
  for (let times = 0; times < 3; times += 1) await handIn(trial, waiting);
  await requireTaken(trial, 1);
}

async function anyOrder(trial: TrialRun): Promise<void> {
  for (const wei of [1n, 2n, 3n]) await trial.give("near", [wei]);
  await trial.opened.ripen();
  const waiting = await waitingOf(trial);
  await handIn(trial, [...waiting].reverse());
  await handIn(trial, waiting);
  await requireTaken(trial, 3);
}

async function batch(trial: TrialRun): Promise<void> {
  await trial.give("near", [1n, 2n, 3n, 4n]);
  await trial.opened.ripen();
  const waiting = await waitingOf(trial);
  for (let times = 0; times < 2; times += 1) {
    const [there] = trial.opened.openCarriers();
    await there.look();
    if (waiting.length > 0) await there.deliver(waiting);
  }
  await requireTaken(trial, 4);
}

async function failing(trial: TrialRun, conduct: "fail" | "burnGas"): Promise<void> {
  await trial.behave("far", conduct);
  await trial.give("near", [1n, 2n]);
  await trial.give("far", [4n]);
  await trial.opened.ripen();
  await trial.carry();
  for (const { id } of await trial.sentBy("near")) {
    const { state, taken } = await trial.standingOf("near", id);
    equal(state, "failed", "state of a message whose receiver failed");
    equal(taken, 0n, "what a failed receiver did");
  }
  for (const { id } of await trial.sentBy("far")) {
    equal((await trial.standingOf("far", id)).state, "delivered", "state of a message to another receiver");
  }
  await trial.behave("far", "take");
  await trial.carry(retryAll);
  await trial.carry();
  await requireTaken(trial, 3);
}

async function pause(trial: TrialRun): Promise<void> {
  await trial.stop("far", true);
  // A messenger of one chain is paused by its one hook.
  if (trial.adapter.isAtOnce) await trial.stop("near", true);
  await trial.give("near", [1n]);
  await trial.opened.ripen();
  let isRefused = false;
  await trial.carry().catch(() => {
    isRefused = true;
  });
  equal(isRefused, trial.adapter.refusesWhilePaused, "whether a paused end refuses what is handed in");
  for (const { id } of await trial.sentBy("near")) {
    const { state, taken } = await trial.standingOf("near", id);
    equal(state, isRefused ? "none" : "held", "state of a message that came while paused");
    equal(taken, 0n, "deliveries while paused");
  }
  await trial.stop("far", false);
  if (trial.adapter.isAtOnce) await trial.stop("near", false);
  await trial.carry();
  await trial.carry(retryAll);
  await requireTaken(trial, 1);
}

async function stranger(trial: TrialRun): Promise<void> {
  await trial.give("near", [1n]);
  await trial.opened.ripen();
  await trial.carry();
  const [sent] = await trial.sentBy("near");
  if (sent === undefined) throw new TrialFault("nothing was sent");
  const before = await trial.heldWei("far");
  const forged = { ...sent, nonce: sent.nonce + 1_000 };
  const isTaken = await trial.opened.forge(forged).catch(() => false);
  equal(isTaken, false, "whether a forged message is taken");
  equal(await trial.heldWei("far"), before, "coins after a forged message");
}

async function requireTaken(trial: TrialRun, count: number): Promise<void> {
  const sent = [
    ...(await trial.sentBy("near")).map((message) => ({ side: "near" as const, message })),
    ...(await trial.sentBy("far")).map((message) => ({ side: "far" as const, message })),
  ];
  if (sent.length < count) throw new TrialFault(`${sent.length} messages were sent where ${count} had to be`);
  for (const { side, message } of sent) {
    const { taken, state } = await trial.standingOf(side, message.id);
    equal(state, "delivered", `state of message ${message.nonce} of the ${side} end`);
    equal(taken, 1n, `times that message ${message.nonce} of the ${side} end was taken`);
  }
  equal(await trial.totalWei(), 2n * TRIAL_COINS_WEI, "coins of both ends and under way");
}

/** What waits for the far end. */
async function waitingOf(trial: TrialRun): Promise<readonly CarriedMessage[]> {
  const [there] = trial.opened.openCarriers();
  return (await there.look()).waiting;
}

/** Each by itself, by a carrier that begins anew. */
async function handIn(trial: TrialRun, messages: readonly CarriedMessage[]): Promise<void> {
  const [there] = trial.opened.openCarriers();
  await there.look();
  for (const one of messages) await there.deliver([one]);
}

async function retryAll(carrier: LinkCarrier): Promise<void> {
  const { waiting } = await carrier.look();
  for (const one of waiting.filter(({ state }) => state === "failed" || state === "held")) {
    await carrier.retry(one, Math.max(TRIAL_GAS, one.message.gasLimit));
  }
}

function equal<Value>(actual: Value, expected: Value, what: string): void {
  if (actual !== expected) throw new TrialFault(`${what}: ${String(actual)}, and ${String(expected)} is right`);
}
