import { TRIAL_COINS_WEI } from "@cortensor/chain";
import type { Bytes32 } from "@cortensor/protocol";
import { createMetrics, silentLogger, systemClock } from "@cortensor/runtime";
import type { LinkCarrier } from "../linkCarrier.js";
import { createRelayer } from "../relayer.js";
import { TrialFault } from "./trialChecks.js";
import { TRIAL_GAS, type TrialRun, type TrialSide } from "./trialRun.js";

/** Rounds with faults; each sends, lets pass what has to, and lets relayers work. */
const ROUNDS = 2;
/** Relayers' rounds without faults until all has to be there. */
const CALM_ROUNDS = 8;
/** Past any pause of a relayer's between two tries. */
const PAUSE_SECONDS = 20_000;
const GASES = [0, 20_000, TRIAL_GAS] as const;

/** What came of a run. */
export type FaultRun = { readonly sent: number; readonly faults: number };

/**
 * One seed: both posts send, receivers fail for a while, and two relayers work at once whose calls are dropped, doubled, delayed, reordered, or lose their relayer
 * behind them. Then calm: each message has to have its effect exactly once, and the coins of both ends to be what they were. Throws `TrialFault`.
 */
export async function playFaults(trial: TrialRun, below: (count: number) => number): Promise<FaultRun> {
  let faults = 0;
  const count = (): void => {
    faults += 1;
  };
  const sides: readonly TrialSide[] = ["near", "far"];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const side of sides) {
      const amounts = Array.from({ length: 1 + below(3) }, () => BigInt(below(1_000)));
      await trial.give(side, amounts, GASES[below(GASES.length)] ?? TRIAL_GAS);
    }
    const failing = sides[below(sides.length)] ?? "near";
    await trial.behave(failing, below(2) === 0 ? "fail" : "take");
    await trial.opened.ripen();
    // Each begins anew: the one of the round before was killed, wherever it was.
    await Promise.all([relay(trial, { below, count }), relay(trial, { below, count })]);
    await requireConstant(trial);
    await trial.behave(failing, "take");
  }
  await trial.opened.ripen();
  await calm(trial);
  const sent = await requireOnce(trial);
  await requireConstant(trial);
  return { sent, faults };
}

type Faults = { readonly below: (count: number) => number; readonly count: () => void };

async function relay(trial: TrialRun, faults?: Faults, carriers = trial.opened.openCarriers()): Promise<number> {
  let done = 0;
  const relayer = createRelayer({
    carriers: faults === undefined ? carriers : carriers.map((carrier) => withFaults(carrier, faults)),
    pollMs: 1,
    clock: systemClock,
    log: silentLogger,
    metrics: createMetrics(),
    random: () => 0,
    onDone: ({ ids }) => {
      done += ids.length;
    },
  });
  await relayer.look();
  await relayer.stop();
  return done;
}

async function calm(trial: TrialRun): Promise<void> {
  const carriers = trial.opened.openCarriers();
  for (let round = 0; round < CALM_ROUNDS; round += 1) {
    const waiting = await Promise.all(carriers.map(async (carrier) => (await carrier.look()).waiting.length));
    if (waiting.every((left) => left === 0)) return;
    // With other gas each time: what failed by too little gets more.
    for (const carrier of carriers) {
      for (const one of (await carrier.look()).waiting) {
        if (one.state === "none") await carrier.deliver([one]);
        else await carrier.retry(one, Math.max(one.message.gasLimit, TRIAL_GAS));
      }
    }
    for (const chain of new Set([trial.world.near, trial.world.far])) {
      await chain.pass({ toSeconds: (await chain.now()) + PAUSE_SECONDS, blocks: 1 });
    }
  }
}

/** A carrier whose calls go wrong: lost before the chain has them, sent twice, answered by nobody, told of late or in another order. */
function withFaults(carrier: LinkCarrier, { below, count }: Faults): LinkCarrier {
  const disturb = async <Value>(send: () => Promise<Value>): Promise<Value> => {
    const fate = below(5);
    if (fate < 3) count();
    if (fate === 0) throw new Error("dropped on the way");
    const answer = await send();
    if (fate === 1) return send();
    if (fate === 2) throw new Error("the relayer died behind its call");
    return answer;
  };
  return {
    name: carrier.name,
    look: async () => {
      const { now, waiting } = await carrier.look();
      const seen = waiting.filter(() => below(4) !== 0);
      return {
        now,
        waiting: seen
          .map((one) => ({ one, at: below(1_000) }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one),
      };
    },
    deliver: (messages) => disturb(() => carrier.deliver(messages)),
    retry: (message, gasLimit) => disturb(() => carrier.retry(message, gasLimit)),
  };
}

async function requireOnce(trial: TrialRun): Promise<number> {
  const ids: Bytes32[] = [];
  for (const side of ["near", "far"] as const) {
    for (const { id, nonce } of await trial.sentBy(side)) {
      ids.push(id);
      const { taken, state } = await trial.standingOf(side, id);
      if (taken === 1n && state === "delivered") continue;
      throw new TrialFault(`message ${nonce} of the ${side} end was taken ${taken} times, and is ${state}`);
    }
  }
  return ids.length;
}

async function requireConstant(trial: TrialRun): Promise<void> {
  const total = await trial.totalWei();
  if (total !== 2n * TRIAL_COINS_WEI) throw new TrialFault(`both ends and the way between have ${total} wei of coins`);
}
