import type { SettlementPlan } from "@cortensor/books";
import { describe, expect, it } from "vitest";
import { worldConfig } from "../network/config.js";
import { runWorld } from "../network/runWorld.js";
import { violationsOf } from "../network/violations.js";
import { TREASURY } from "../network/world.js";
import { testEvidence } from "../test/testEvidence.js";
import { Account } from "./account.js";
import { Chain } from "./chain.js";

const evidence = testEvidence({ detection: 1, falseAlarms: 0 });

describe("the simulated chain", () => {
  const plan: SettlementPlan = { debitedWei: 0n, operatorWei: 0n, credits: [], debits: [], taskIds: [], postponed: [] };
  const settle = (chain: Chain, changed: Partial<SettlementPlan>): readonly string[] => {
    chain.settle(
      { ...plan, ...changed },
      { accounts: [new Account(0, 100n)], receipts: new Map(), treasury: TREASURY },
    );
    return chain.violations;
  };

  it("names a settlement that credits what nobody was debited, or for a task without a receipt", () => {
    expect(settle(new Chain(), { credits: [{ payee: "0x01", wei: 5n }] })).toContain("5 and 0 credited of 0");
    expect(settle(new Chain(), { taskIds: ["0xaa"] })).toContain("0xaa has no receipt");
    expect(settle(new Chain(), {})).toEqual([]);
  });

  it("names a task that is settled twice, and a debit above a deposit", () => {
    const chain = new Chain();
    settle(chain, { taskIds: ["0xaa"] });
    expect(settle(chain, { taskIds: ["0xaa"] })).toContain("0xaa is settled twice");
    const debit = { account: 0, lane: "0x02", cumulativeWei: 101n, receiptsRoot: "0x00", count: 1, epoch: 0 } as const;
    const debits = [{ debit, signature: "0x" as const }];
    expect(settle(new Chain(), { debits, operatorWei: 101n })).toContain("account 0: a debit above its deposit");
  });

  it("takes a penalty by the table, no more than is there, and shares out all of it", () => {
    const chain = new Chain();
    const offender = { stakeWei: 500n };
    expect(chain.slash(offender, { causeWei: 10n, hasHarmed: true })).toEqual({ takenWei: 210n, harmedWei: 63n });
    expect(chain.slash(offender, { causeWei: 100n, hasHarmed: false })).toEqual({ takenWei: 290n, harmedWei: 0n });
    expect(offender.stakeWei).toBe(0n);
    expect(chain.finderWei + chain.harmedWei + chain.burnedWei).toBe(500n);
  });
});

describe("money in the simulation", () => {
  it("is noticed when a single wei goes astray", () => {
    const { world, violations } = runWorld(worldConfig({ seed: 1, evidence, hours: 0.1 }));
    expect(violations).toEqual([]);
    world.chain.operatorWei += 1n;
    expect(violationsOf(world)).toEqual([`${world.mintedWei + 1n} wei of ${world.mintedWei}`]);
  });
});
