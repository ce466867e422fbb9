import { join } from "node:path";
import {
  createGuardReader,
  createJudge,
  createJudgeChain,
  createRandomBytes32,
  type Judge,
  type JudgeParts,
  openSealed,
} from "@cortensor/node";
import { type Address, registryDomain } from "@cortensor/protocol";
import { systemClock } from "@cortensor/runtime";
import type { OpenValidatorParts } from "./openValidator.js";

export type OpenJudgeParts = Omit<OpenValidatorParts, "setsFolder" | "create" | "claimMinWei"> &
  Pick<JudgeParts, "describeEngine" | "readOwnBody"> & {
    /** It only stands up for its own results. */
    readonly isPartyOnly?: boolean;
  };

/** Builds the judge of a guard or a miner of its real parts, and starts it. */
export function openJudge(parts: OpenJudgeParts): Judge {
  const { folder, pollMs, signer, writer, openChecker, describeEngine, nowSeconds, metrics, log, shutdown } = parts;
  const { isPartyOnly = false, readOwnBody } = parts;
  const clock = systemClock;
  const reader = createGuardReader(writer, clock);
  const { chainId, registry } = reader;
  const opening = {
    ...{ signer, nowSeconds, log, registry: registryDomain({ chainId, registry }) },
    readGuardEndpoints: (of: readonly Address[]) => reader.readGuardEndpoints(of),
  };
  const judge = createJudge({
    config: { storeFolder: join(folder, "disputes"), pollMs, isPartyOnly },
    ...(readOwnBody && { readOwnBody }),
    ...{ signer, openChecker, describeEngine, nowSeconds, clock, log, metrics },
    chain: createJudgeChain(writer),
    openSealed: (sample, of, signal) => openSealed(sample, of, opening, signal),
    // The chain doesn't say whose task it is: all are asked.
    readRouterEndpoints: () => reader.readRouterEndpoints(signer.address),
    random: Math.random,
    randomBytes32: createRandomBytes32(),
  });
  shutdown.add("judge", () => judge.stop());
  judge.start();
  return judge;
}
