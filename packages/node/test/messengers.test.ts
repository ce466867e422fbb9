import { openTrialChain } from "@cortensor/chain";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import { diceOf } from "../../protocol/test/machines/dice.js";
import { playFaults, quorumAdapter, sameChainAdapter, TRIAL_CHECKS, TrialRun } from "../src/relayer/trial/index.js";

/** Seeds of each adapter; a hundred in the deep run. */
const RUNS = Number(process.env.CORTENSOR_MESSAGE_ANVIL_RUNS ?? 1);
const FROM = Number(process.env.CORTENSOR_MESSAGE_FROM ?? 0);

describe.each([quorumAdapter, sameChainAdapter].map((adapter) => [adapter.name, adapter] as const))(
  "messages over two chains by %s",
  (_name, adapter) => {
    let chains: readonly RunningAnvil[] = [];
    let trial: TrialRun;
    beforeAll(async () => {
      chains = await Promise.all([startAnvil({ chainId: 31_337 }), startAnvil({ chainId: 900 })]);
      const [near, far] = chains.map(({ url, chainId }) =>
        openTrialChain({ rpcUrl: url, chainId, privateKey: anvilKey(0) }),
      );
      if (near === undefined || far === undefined) throw new Error("two chains were started");
      trial = await TrialRun.open(adapter, [near, far]);
    });
    afterAll(async () => {
      for (const chain of chains) await chain.stop();
    });

    it.each(TRIAL_CHECKS.map(({ says, run }) => [says, run] as const))("%s", async (_says, run) => {
      const mark = await trial.mark();
      await run(trial).finally(() => trial.takeBack(mark));
    });

    it(
      `have their effect exactly once, and make and lose no coin, over faulty relayers in ${RUNS} seeds`,
      async () => {
        let faults = 0;
        for (let seed = FROM; seed < FROM + RUNS; seed += 1) {
          const mark = await trial.mark();
          const run = await playFaults(trial, diceOf(seed).below).catch((cause: unknown) => {
            throw new Error(`seed ${seed}`, { cause });
          });
          expect(run.sent, `seed ${seed}`).toBeGreaterThan(3);
          faults += run.faults;
          await trial.takeBack(mark);
        }
        expect(faults).toBeGreaterThan(0);
      },
      60_000 + RUNS * 30_000,
    );
  },
);
