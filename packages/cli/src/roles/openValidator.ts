import { join } from "node:path";
import type { ChainReader, ChainWriter } from "@cortensor/chain";
import type { ContentNode } from "@cortensor/data";
import { type Engine, embeddedModels } from "@cortensor/engine";
import {
  type Checker,
  createFetchDutyEvidence,
  createFetchSet,
  createGuardReader,
  createOpenings,
  createPublicDutyBooks,
  createRandomBytes32,
  createSetContent,
  createValidator,
  createValidatorChain,
  type NodeSigner,
  type SetContent,
  type Validator,
  type ValidatorParts,
} from "@cortensor/node";
import { registryDomain } from "@cortensor/protocol";
import { type Clock, type Logger, type Metrics, type Shutdown, systemClock } from "@cortensor/runtime";
import { publishedCalibration } from "../check/chooseCalibration.js";
import { readKeepers } from "./readKeepers.js";

/** Pause between two looks whether an engine is free. */
const IDLE_POLL_MS = 200;

export type OpenValidatorParts = {
  /** Where the role keeps what it must not forget. */
  readonly folder: string;
  readonly pollMs: number;
  readonly claimMinWei: bigint;
  readonly setsFolder?: string;
  /** By which sets are asked of peers before they are of routers: a guard's own, or a miner's node. */
  readonly sets?: SetContent | undefined;
  readonly content?: ContentNode | undefined;
  readonly signer: NodeSigner;
  /** With the same key as the signer. */
  readonly writer: ChainWriter;
  readonly openChecker: (signal: AbortSignal) => Promise<Checker>;
  readonly nowSeconds: () => number;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly shutdown: Shutdown;
  readonly create?: CreateValidator;
};

/** Makes a validator of its real parts. Default: `createValidator`. */
export type CreateValidator = (parts: ValidatorParts, chain: ChainReader) => Validator;

/** Builds the validator of a guard or a miner of its real parts, and starts it. */
export function openValidator(parts: OpenValidatorParts): Validator {
  const { folder, pollMs, claimMinWei, setsFolder, signer, writer, openChecker, nowSeconds } = parts;
  const { metrics, log, shutdown, create = createValidator } = parts;
  const clock = systemClock;
  const reader = createGuardReader(writer, clock);
  const shared = contentOf(parts, { reader, clock });
  const fetchSet = createFetchSet({
    chain: reader,
    ...(setsFolder === undefined ? {} : { folder: setsFolder }),
    ...(shared === undefined ? {} : { content: shared }),
  });
  const { board } = createPublicDutyBooks(reader, fetchSet);
  const chain = createValidatorChain(writer);
  const { chainId, registry } = chain;
  const source: ValidatorParts["source"] = {
    drawnFrom: (epoch, signal) => board.drawnFrom(epoch, signal),
    plantsOf: (epoch, signal) => board.plantsOf(epoch, signal),
    readRouterEndpoints: (lane) => reader.readRouterEndpoints(lane),
  };
  const made: ValidatorParts = {
    config: { storeFolder: join(folder, "duties"), pollMs, claimMinWei },
    ...{ signer, openChecker, nowSeconds, clock, log, metrics, chain, source },
    openings: createOpenings({
      ...{ signer, openChecker, nowSeconds, clock, log, source, pollMs },
      registry: registryDomain({ chainId, registry }),
      readBeacon: (epoch) => chain.readBeacon(epoch),
      readGuardEndpoints: (of) => reader.readGuardEndpoints(of),
      fetchEvidence: createFetchDutyEvidence({ chain, signer, readRouterEndpoints: source.readRouterEndpoints }),
    }),
    random: Math.random,
    randomBytes32: createRandomBytes32(),
    ...(shared === undefined ? {} : { publishDocument: (bytes) => void shared.keep(bytes, "verdictDocument") }),
  };
  const validator = create(made, writer);
  shutdown.add("validator", () => validator.stop());
  validator.start();
  return validator;
}

/** Peers' content, as guards ask it: who keeps sets is found by the guards' registered endpoints. */
function contentOf(
  { sets, content: node, nowSeconds, log }: OpenValidatorParts,
  { reader, clock }: { readonly reader: ReturnType<typeof createGuardReader>; readonly clock: Clock },
): SetContent | undefined {
  if (sets !== undefined || node === undefined) return sets;
  const { t0, epochSeconds } = reader.times;
  const keepersNow = () => readKeepers(reader, Math.max(0, Math.floor((nowSeconds() - t0) / epochSeconds)));
  return createSetContent({ node, owner: "miner", readKeepers: keepersNow, clock, log });
}

/** An engine's checker, with the thresholds that come with the embedded model where it is that one's. */
export async function checkerOf(engine: Engine): Promise<Checker> {
  const { chat } = await embeddedModels();
  const facts = engine.describe();
  const calibration = facts.model === chat.model ? await publishedCalibration(chat, facts) : undefined;
  return calibration === undefined ? { engine } : { engine, calibration };
}

/** A checker that waits until its engine has nothing else to do: users' tasks go first. */
export function whenIdle(
  checker: Checker,
  { running, clock }: { readonly running: () => number; readonly clock: Clock },
): OpenValidatorParts["openChecker"] {
  return async (signal) => {
    while (running() > 0) await clock.sleep(IDLE_POLL_MS, signal);
    return checker;
  };
}
