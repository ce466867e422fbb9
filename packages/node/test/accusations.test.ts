import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChainError } from "@cortensor/chain";
import { type Bytes32, guardsDomain, hashResult, registryDomain } from "@cortensor/protocol";
import { createMetrics, silentLogger } from "@cortensor/runtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRecordStore, type TaskEvidence } from "../src/host/index.js";
import { Accusations } from "../src/validator/accusations.js";
import { createValidatorMetrics } from "../src/validator/metrics.js";
import { PROFILE } from "./fakeChain.js";
import { shownResult } from "./shownResult.js";
import { addressOf } from "./testNetwork.js";

const EPOCH = 4;
const guards = PROFILE.addresses.attestations;
const nodeDomain = registryDomain({ chainId: PROFILE.chainId, registry: PROFILE.addresses.registry });

describe("a validator's accusations", () => {
  let folder: string;
  let shown: readonly TaskEvidence[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "accusations-"));
    const one = await shownResult({ miner: "one", script: { reply: () => "one two" }, domain: nodeDomain });
    shown = [one, await shownResult({ miner: "other", script: { reply: () => "three four" }, domain: nodeDomain })];
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("aren't kept back by one that the chain refuses, and a planted result is tried once", async () => {
    const store = openRecordStore(folder);
    const tried: Bytes32[] = [];
    const both = shown.flatMap(({ document }) => document.results);
    const [planted] = both;
    const accusations = new Accusations({
      ...{ store, self: addressOf("finder"), log: silentLogger, metrics: createValidatorMetrics(createMetrics()) },
      ...{ nodeDomain, domain: guardsDomain({ chainId: PROFILE.chainId, guards }) },
      source: { plantsOf: async () => new Set() },
      chain: {
        ...{ chainId: PROFILE.chainId, guards },
        findDispute: async () => undefined,
        readDispute: async () => undefined,
        readCanDispute: async () => true,
        dispute: async ({ result }) => {
          tried.push(hashResult(result));
          const error = hashResult(result) === planted ? "Planted" : "DisputeExists";
          throw new ChainError({ code: "CHAIN_REVERTED", call: "disputeResult", error, args: {} });
        },
      },
    });
    for (const evidence of shown) {
      const accused = evidence.bodies.map(({ result: { miner, replica, segment } }) => ({ miner, replica, segment }));
      await accusations.keep(EPOCH, { accused, evidence });
    }
    const { signal } = new AbortController();
    await accusations.open(EPOCH, 0, signal);
    expect(new Set(tried)).toEqual(new Set(both));
    tried.length = 0;
    await accusations.open(EPOCH, 0, signal);
    expect(tried).toEqual(both.filter((result) => result !== planted));
    await store.close();
  });
});
