import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ProtocolError } from "../errors.js";
import {
  formatNetworkPlan,
  listedMembers,
  type NetworkPlan,
  parseNetworkPlan,
  parseNetworkTemplate,
  plannedStewards,
  planOfTemplate,
} from "./networkPlan.js";

const TEMPLATES = ["health", "finance", "public-sector", "research"] as const;
const account = (digit: number): `0x${string}` => `0x${String(digit).repeat(40)}`;
const MODEL = `0x${"ab".repeat(32)}` as const;
const OTHER_MODEL = `0x${"cd".repeat(32)}` as const;
const template = (name: string) =>
  parseNetworkTemplate(readFileSync(new URL(`../../../../networks/templates/${name}.json`, import.meta.url), "utf8"));

function aPlan(): NetworkPlan {
  return planOfTemplate(template("health"), {
    name: "clinic",
    chainId: 41_001,
    parent: { name: "local", chainId: 31_337 },
    gasToken: "native",
    members: [
      { account: account(1), role: "owner", team: "care" },
      { account: account(2), role: "member", team: "research", subject: "ann" },
      { account: account(3), role: "auditor", subject: "bob" },
    ],
    nodes: [{ account: account(4), region: "eu" }],
    models: [MODEL],
  });
}

/** The plan's JSON with one thing put in another's place; `undefined` takes it away. */
function changed(path: string, value: unknown): string {
  const json: unknown = JSON.parse(formatNetworkPlan(aPlan()));
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let at: unknown = json;
  for (const key of keys) at = typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined;
  if (typeof at !== "object" || at === null) throw new Error(`${path} isn't there`);
  if (value === undefined) Reflect.deleteProperty(at, last);
  else Reflect.set(at, last, value);
  return JSON.stringify(json);
}

function issuesOf(source: unknown): readonly string[] {
  try {
    parseNetworkPlan(source);
  } catch (error) {
    if (error instanceof ProtocolError && error.data.code === "PROTOCOL_BAD_DOCUMENT") return error.data.issues;
    throw error;
  }
  return [];
}

describe("a private network's plan", () => {
  it("is read back from what was written of it", () => {
    expect(parseNetworkPlan(formatNetworkPlan(aPlan()))).toEqual(aPlan());
  });

  it("keeps owners and admins out of its list, and nodes in it", () => {
    expect(plannedStewards(aPlan())).toEqual([{ account: account(1), role: "owner", team: 1 }]);
    expect(listedMembers(aPlan())).toEqual([
      { account: account(2), role: "member", team: 2 },
      { account: account(3), role: "auditor", team: 0 },
      { account: account(4), role: "node", team: 0 },
    ]);
  });

  it.each([
    ["a field that nothing enforces", "hipaa", true, "hipaa"],
    ["no owner", "members.0.role", "admin", "nobody is owner"],
    ["a member of no team", "members.1.team", undefined, "is a member of no team"],
    ["a team that isn't one", "members.1.team", "sales", "which isn't one"],
    ["an account twice", "nodes.0.account", account(2), "stands twice"],
    ["a subject twice", "members.2.subject", "ann", "ann stands twice"],
    ["a node elsewhere", "nodes.0.region", "us", "which isn't among the regions"],
    ["a level that isn't private", "privacy.level", "sealed", "privacy.level"],
    ["a sink of the router's", "sinks", "postgres", "sinks"],
    ["no models at all", "models", [], "models"],
    ["a service of another model", "services", [{ name: "triage", model: OTHER_MODEL }], "isn't among the models"],
    ["a role that no plan gives", "members.1.role", "node", "members.1.role"],
    ["a budget that is no amount", "teams.0.budgetWei", "-1", "teams.0.budgetWei"],
    ["its parent's chain", "chainId", 31_337, "it is the parent's too"],
    ["unlimited tasks", "limits.tasksPerSession", 0, "limits.tasksPerSession"],
    ["a log for ever", "retention.accessLogSeconds", 40_000_000, "retention.accessLogSeconds"],
  ])("is refused by name with %s", (_what, path, value, named) => {
    expect(issuesOf(changed(path, value)).join("; ")).toContain(named);
  });

  it("is refused when it isn't JSON, or larger than any plan is", () => {
    expect(issuesOf("{")).toEqual(["not JSON"]);
    expect(issuesOf(" ".repeat(2_097_153))).toEqual(["more than 2097152 bytes"]);
  });
});

describe("each template", () => {
  it.each(TEMPLATES)("%s is read, and says what it doesn't cover", (name) => {
    const { uncovered, name: own } = template(name);
    expect(own).toBe(name);
    expect(uncovered.length).toBeGreaterThan(2);
  });

  it("that lists its models makes no network without one", () => {
    const chosen = { ...aPlan(), models: [] as const };
    const { name, chainId, parent, gasToken, members, nodes } = chosen;
    const who = { name, chainId, parent, gasToken, members, nodes, models: [] };
    expect(() => planOfTemplate(template("health"), who)).toThrow("PROTOCOL_BAD_DOCUMENT");
  });
});
