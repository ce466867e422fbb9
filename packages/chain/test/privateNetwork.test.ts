import { readFileSync } from "node:fs";
import {
  type Address,
  addressOfPrivateKey,
  formatNetworkPlan,
  type NetworkPlan,
  parseNetworkPlan,
  parseNetworkTemplate,
  planOfTemplate,
} from "@cortensor/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anvilKey, type RunningAnvil, startAnvil } from "../../../tools/anvil/startAnvil.mjs";
import {
  applyPlan,
  type ChainWriter,
  createChainWriter,
  deployPrivate,
  depositToSession,
  finaliseClose,
  formatProfile,
  type NetworkProfile,
  openSession,
  parseProfile,
  readAuditLog,
  readCorBalance,
  readMember,
  readMemberRole,
  registerNode,
  requestClose,
  revokeMember,
  rotateMember,
  setAllotment,
  transferCor,
} from "../src/index.js";
import { COR, passSeconds } from "./localNetwork.js";

const CHAIN_ID = 41_001;
const MODEL = `0x${"ab".repeat(32)}` as const;
const TEMPLATES = ["health", "finance", "public-sector", "research"] as const;
const params = { privacy: "private", modelIdentifier: MODEL, maxTaskExecutionCount: 10 } as const;
const refused = (policy: string) => ({
  data: { code: "CHAIN_REVERTED", error: "PolicyRefused", args: { policy: expect.stringContaining(hexOf(policy)) } },
});
const hexOf = (text: string) => Buffer.from(text).toString("hex");

describe("a private network's contracts", () => {
  let anvil: RunningAnvil;
  let profile: NetworkProfile;
  let plan: NetworkPlan;
  const writer = (index: number) => createChainWriter({ profile, privateKey: anvilKey(index) });
  let [owner, member, billing, node, outsider]: ChainWriter[] = [];

  const planOf = (template: (typeof TEMPLATES)[number], accounts: readonly Address[]) => {
    const text = readFileSync(new URL(`../../../networks/templates/${template}.json`, import.meta.url), "utf8");
    const parsed = parseNetworkTemplate(text);
    const [team] = parsed.teams;
    const [first = accounts[0], second, third, fourth] = accounts;
    if (
      first === undefined ||
      second === undefined ||
      third === undefined ||
      fourth === undefined ||
      team === undefined
    )
      throw new Error("too few accounts");
    return planOfTemplate(parsed, {
      ...{ name: template, chainId: CHAIN_ID, parent: { name: "local", chainId: 31_337 }, gasToken: "native" },
      members: [
        { account: first, role: "owner", team: team.name },
        { account: second, role: "member", team: team.name },
        { account: third, role: "billing" },
      ],
      // The operator, and the key that its node signs with.
      nodes: [fourth, accountOf(6)].map((account) => ({ account, region: parsed.regions[0] ?? "" })),
      models: [MODEL],
    });
  };
  const accountOf = (index: number) => writerAddress(index);

  beforeAll(async () => {
    anvil = await startAnvil({ chainId: CHAIN_ID });
    plan = planOf("health", [1, 2, 3, 4].map(accountOf));
    const request = { rpcUrls: [anvil.url], privateKey: anvilKey(0), epochSeconds: 30, save: () => undefined };
    profile = await deployPrivate({ ...request, plan });
    [owner, member, billing, node, outsider] = [1, 2, 3, 4, 5].map(writer);
    const treasury = writer(0);
    for (const one of [2, 3, 4, 5]) await transferCor(treasury, { to: accountOf(one), wei: 1_000n * COR });
  });
  afterAll(() => anvil?.stop());

  it("is a network like any other to who reads its profile, and says that it is private", () => {
    expect(parseProfile(formatProfile(profile))).toEqual(profile);
    expect(profile.isPrivate).toBe(true);
  });

  it("has the plan's members, and not the deployer, whose key goes last", async () => {
    const roles = await Promise.all([0, 1, 2, 3, 4, 5].map((index) => readMemberRole(writer(5), accountOf(index))));
    expect(roles).toEqual(["none", "owner", "member", "billing", "node", "none"]);
    expect(await readMember(writer(5), accountOf(2))).toMatchObject({ team: 1, budgetLeftWei: 500n * COR });
  });

  it("lets members alone open sessions, pay and run nodes", async () => {
    if (!member || !billing || !node || !outsider) throw new Error("not started");
    const { account } = await openSession(member, { name: "first", ...params });
    await depositToSession(billing, { account, wei: 10n * COR });
    await registerNode(node, { signerKey: anvilKey(6), roles: ["router"], endpoint: "http://127.0.0.1:1" });
    await expect(openSession(outsider, { name: "first", ...params })).rejects.toMatchObject(refused("role"));
    await expect(depositToSession(outsider, { account, wei: COR })).rejects.toMatchObject(refused("role"));
    await expect(depositToSession(node, { account, wei: COR })).rejects.toMatchObject(refused("role"));
    const registering = registerNode(outsider, { signerKey: anvilKey(7), roles: ["miner"] });
    await expect(registering).rejects.toMatchObject({ data: { error: "Denied" } });
  });

  it("sends nothing more for a plan that stands, and what a changed one changes", async () => {
    if (!owner) throw new Error("not started");
    const before = await owner.client.getTransactionCount({ address: owner.account });
    await applyPlan(owner, plan);
    expect(await owner.client.getTransactionCount({ address: owner.account })).toBe(before);
    const other = { ...plan, services: [{ name: "triage", model: MODEL }] };
    await applyPlan(owner, parseNetworkPlan(formatNetworkPlan(other)));
    if (!member) throw new Error("not started");
    await expect(openSession(member, { name: "first", ...params })).rejects.toMatchObject(refused("service"));
    await applyPlan(owner, plan);
    await openSession(member, { name: "first", ...params });
  });

  it.each(TEMPLATES)("enforces each policy of the template %s", async (template) => {
    if (!owner || !member) throw new Error("not started");
    const templated = planOf(template, [1, 2, 3, 4].map(accountOf));
    await applyPlan(owner, templated);
    await passSeconds(owner, templated.budgetSeconds);
    const { limits, privacy } = templated;
    const audit = privacy.audit[0] ?? "none";
    const good = { name: "one", ...params, auditMode: audit, engine: "proved" } as const;
    const breaks = [
      [{ privacy: "sealed" }, "privacy"],
      [{ modelIdentifier: `0x${"cd".repeat(32)}` }, "model"],
      [{ redundant: limits.copies + 1 }, "copies"],
      [{ maxTaskExecutionCount: limits.tasksPerSession + 1 }, "tasks"],
      ...(["none", "canary", "auditable"] as const)
        .filter((mode) => !privacy.audit.includes(mode))
        .map((auditMode) => [{ auditMode }, "audit"] as const),
      ...(privacy.engine === "proved" ? ([[{ engine: "any" }, "engine"]] as const) : []),
    ] as const;
    for (const [change, policy] of breaks)
      await expect(openSession(member, { ...good, ...change })).rejects.toMatchObject(refused(policy));
    const opened: number[] = [];
    for (let count = 0; count < limits.sessionsPerMember; count += 1)
      opened.push((await openSession(member, good)).account);
    await expect(openSession(member, good)).rejects.toMatchObject(refused("sessions"));
    const [account = 0] = opened;
    const wei = limits.depositWeiPerSession + 1n;
    await expect(depositToSession(member, { account, wei })).rejects.toMatchObject({
      data: { error: "DepositAboveLimit" },
    });
  });

  it("keeps a team to its budget, by the deposits of a period", async () => {
    if (!owner || !member) throw new Error("not started");
    const [team, ...others] = plan.teams;
    if (team === undefined) throw new Error("no team");
    const tight = { ...plan, teams: [{ ...team, budgetWei: 3n * COR }, ...others] };
    await applyPlan(owner, parseNetworkPlan(formatNetworkPlan(tight)));
    await passSeconds(owner, plan.budgetSeconds);
    const { account } = await openSession(member, { name: "second", ...params });
    await depositToSession(member, { account, wei: 2n * COR });
    await expect(depositToSession(member, { account, wei: 2n * COR })).rejects.toMatchObject({
      data: { error: "BudgetSpent", args: { leftWei: COR } },
    });
  });

  it("lets an off-boarded member do nothing but take all of its deposit out", async () => {
    if (!owner || !member || !billing) throw new Error("not started");
    await passSeconds(owner, plan.budgetSeconds);
    const { account } = await openSession(member, { name: "third", ...params });
    await depositToSession(member, { account, wei: 2n * COR });
    await setAllotment(member, { account, lane: accountOf(4), wei: COR });
    const heldWei = await readCorBalance(member, member.account);
    await revokeMember(owner, member.account);
    await expect(openSession(member, { name: "third", ...params })).rejects.toMatchObject(refused("role"));
    await expect(depositToSession(billing, { account, wei: COR })).rejects.toMatchObject(refused("role"));
    await requestClose(member, account);
    await passSeconds(owner, 86_400);
    await finaliseClose(member, account);
    expect(await readCorBalance(member, member.account)).toBe(heldWei + 2n * COR);
  });

  it("tells its audit log of who did what to whom, and of nothing that was asked", async () => {
    if (!owner || !billing) throw new Error("not started");
    await rotateMember(billing, { from: billing.account, to: accountOf(8) });
    const log = await readAuditLog(owner);
    const events = new Set(log.map(({ event }) => event));
    for (const event of ["StewardAppointed", "ListPublished", "MemberEnrolled", "MemberRevoked", "KeyRotated"])
      expect(events).toContain(event);
    expect(log.findLast(({ event }) => event === "MemberRevoked")?.facts).toMatchObject({
      account: accountOf(2),
      role: "member",
      by: accountOf(1),
    });
    expect(log.findLast(({ event }) => event === "DepositNoted")?.facts).toMatchObject({ by: accountOf(2) });
  });

  function writerAddress(index: number): Address {
    return addressOfPrivateKey(anvilKey(index));
  }
});
