import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatJournal, parseJournal } from "./deployJournal.js";
import { DEPLOY_ORDER } from "./deploySteps.js";
import { missingOf, planSteps, unbuiltOf } from "./layerPlan.js";
import { formatLayerProfile, type LayerProfile, parseLayerProfile, resolveRpcUrls } from "./layerProfile.js";

const NAMES = ["single", "local", "superchain", "arbitrum"] as const;
const read = (name: string): LayerProfile =>
  parseLayerProfile(readFileSync(new URL(`../../../networks/${name}.json`, import.meta.url), "utf8"));
const faultsOf = (profile: unknown): unknown => {
  try {
    // As a file has it: amounts are text there.
    parseLayerProfile(
      JSON.stringify(profile, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value)),
    );
    return "taken";
  } catch (error) {
    return error;
  }
};

describe("the profiles that come with Cortensor", () => {
  it.each(NAMES)("%s reads, and reads back as itself", (name) => {
    expect(parseLayerProfile(formatLayerProfile(read(name)))).toEqual(read(name));
    expect(read(name).name).toBe(name);
  });

  it("say that they are executed only where nothing is missing", () => {
    for (const name of NAMES) {
      const absent = [...missingOf(read(name)), ...unbuiltOf(read(name))];
      expect(read(name).status === "executed").toBe(absent.length === 0);
    }
    expect(read("arbitrum")).toMatchObject({
      status: "compatible",
      says: expect.stringContaining("never executed here"),
    });
  });
});

describe("a profile over layers", () => {
  const local = read("local");
  const linked = (messenger: "opStack" | "loopback") => ({
    ...local,
    links: local.links.map((link) => ({ ...link, messenger })),
  });
  it.each<[string, unknown, string]>([
    [
      "a module on no layer",
      { ...local, modules: { ...local.modules, l1: local.modules.l1.slice(1) } },
      "cor must stand",
    ],
    [
      "a module on both",
      { ...local, modules: { ...local.modules, l2: [...local.modules.l2, "stakeVault"] } },
      "stakeVault must stand",
    ],
    ["facts of another kind of link", linked("opStack"), "l1→l2 is by opStack, and has facts of quorum"],
    ["a link left out", { ...local, links: local.links.slice(1) }, "l1→l2 is missing"],
    ["a loopback between two chains", linked("loopback"), "loopback can't be from l1 to l2"],
    ["a layer that is no chain", { ...local, layers: { ...local.layers, l3: "l4" } }, "there is no chain l4"],
    ["two chains of one id", { ...local, chains: { ...local.chains, l1: local.chains.l2 } }, "two have the id 31402"],
    ["a field that nobody knows", { ...local, extra: 1 }, "extra"],
  ])("is refused with %s", (_what, profile, fault) => {
    expect(faultsOf(profile)).toMatchObject({ data: { code: "CHAIN_BAD_PROFILE" } });
    expect(String(faultsOf(profile))).toContain(fault);
  });

  it("is planned with each contract behind what it names, and once for each chain", () => {
    const { steps, missing } = planSteps(read("local"));
    expect(missing).toEqual([]);
    const place = (chain: string, module: string) =>
      steps.findIndex((step) => step.chain === chain && step.module === module);
    for (const chain of ["l1", "l2", "l3"]) expect(place(chain, "messenger")).toBeGreaterThan(place(chain, "maker"));
    // What carries verdicts out names who judges; who judges is told later.
    expect(place("l1", "stakeSlasher")).toBeGreaterThan(place("l2", "juries"));
    expect(place("l2", "childMessenger")).toBeGreaterThan(place("l3", "maker"));
    expect(new Set(steps.map(({ chain, module }) => `${chain}/${module}`)).size).toBe(steps.length);
    expect(planSteps(read("single")).steps.map(({ module }) => module)).toEqual(DEPLOY_ORDER);
  });

  it("takes its URLs from the environment, and names what isn't set", () => {
    const chain = read("superchain").chains.ethereum;
    if (chain === undefined) throw new Error("no such chain");
    expect(resolveRpcUrls(chain, { L1_RPC_URL: "https://l1.example" })).toEqual(["https://l1.example"]);
    expect(() => resolveRpcUrls(chain, {})).toThrow(/L1_RPC_URL/);
  });
});

describe("a deployment's journal", () => {
  const privateKey = `0x${"11".repeat(32)}` as const;
  const planHash = `0x${"ab".repeat(32)}` as const;
  const journal = {
    planHash,
    chains: {
      main: { chainId: 1, epochSeconds: 30, t0: 5, deployBlock: "7", addresses: { cor: `0x${"01".repeat(20)}` } },
    },
  } as const;
  const text = formatJournal(journal, privateKey);

  it("reads back for its deployer, and for nobody else and no other profile", () => {
    expect(parseJournal(text, { planHash, privateKey })).toEqual(journal);
    for (const other of [
      { planHash, privateKey: `0x${"12".repeat(32)}` as const },
      { planHash: `0x${"ac".repeat(32)}` as const, privateKey },
    ])
      expect(() => parseJournal(text, other)).toThrow(
        expect.objectContaining({ data: expect.objectContaining({ code: "CHAIN_BAD_JOURNAL" }) }),
      );
  });

  it("is refused once any of its characters is another", () => {
    const end = text.trimEnd().length;
    fc.assert(
      fc.property(fc.nat(end - 1), fc.constantFrom("0", "1", "a", "x", "}", '"'), (at, character) => {
        fc.pre(text[at] !== character);
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        expect(() => parseJournal(changed, { planHash, privateKey })).toThrow();
      }),
      { numRuns: 200 },
    );
  });
});
