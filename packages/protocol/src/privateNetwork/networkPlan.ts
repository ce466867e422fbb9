import { z } from "zod";
import { ProtocolError } from "../errors.js";
import { addressField, bytes32Field, uint32Field, weiField } from "../jsonField.js";
import {
  MEMBERS_MAX,
  NETWORK_MODELS_MAX,
  PERIOD_SECONDS_MAX,
  PLAN_BYTES_MAX,
  REGIONS_MAX,
  SERVICES_MAX,
  TEAMS_MAX,
} from "./limits.js";
import type { ListedMember } from "./memberList.js";
import { planFaults } from "./planFaults.js";

/** What is said of the faults of one plan: the first ones. */
const ISSUES_MAX = 32;
/** Copies of a task, sessions of a member and tasks of a session: the session contract's own widths. */
const COPIES_MAX = 7;
const SENTENCE_CHARS_MAX = 500;
const SENTENCES_MAX = 32;

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "must be 1 to 32 of a-z, 0-9 and -");
const sentence = z.string().min(1).max(SENTENCE_CHARS_MAX);
const period = z.int().positive().max(PERIOD_SECONDS_MAX);

const limits = z.strictObject({
  /** Sessions that one member may open in a period of `budgetSeconds`. */
  sessionsPerMember: uint32Field.min(1),
  /** Tasks of one session: `maxTaskExecutionCount` is at most this, and not without limit. */
  tasksPerSession: uint32Field.min(1),
  copies: z.int().min(1).max(COPIES_MAX),
  /** Deposited into one session, in all. */
  depositWeiPerSession: weiField,
});

const privacy = z.strictObject({
  /** Every session is sealed, and the network's alone: another level is no private network. */
  level: z.literal("private"),
  audit: z
    .array(z.enum(["none", "canary", "auditable"]))
    .min(1)
    .max(3),
  engine: z.enum(["proved", "any"]),
});

/** What a network's policies say beside who is a member. Each field is enforced; what isn't has none. */
const policyFields = {
  teams: z
    .array(z.strictObject({ name, budgetWei: weiField }))
    .min(1)
    .max(TEAMS_MAX),
  /** The period that budgets and members' sessions count in. */
  budgetSeconds: period,
  limits,
  privacy,
  retention: z.strictObject({ accessLogSeconds: period }),
  regions: z.array(name).min(1).max(REGIONS_MAX),
  /** The router runs none. A member's own machine is beyond the network's reach. */
  sinks: z.literal("none"),
  /** What is an answer of which a form says: what neither this file nor the network enforces. */
  uncovered: z.array(sentence).max(SENTENCES_MAX),
};

const services = z.array(z.strictObject({ name, model: bytes32Field })).max(SERVICES_MAX);

const planSchema = z.strictObject({
  name,
  chainId: z.int().positive(),
  parent: z.strictObject({ name, chainId: z.int().positive() }),
  /** What pays for the chain's gas: its own coin, or the parent's COR. */
  gasToken: z.enum(["native", "cor"]),
  members: z
    .array(
      z.strictObject({
        account: addressField,
        role: z.enum(["owner", "admin", "billing", "member", "auditor"]),
        team: name.optional(),
        /** What an identity provider calls this member: the `sub` of its tokens. */
        subject: z.string().min(1).max(255).optional(),
      }),
    )
    .min(1)
    .max(MEMBERS_MAX),
  /** Miners and routers: each one's signing key, and the account that registers it. */
  nodes: z.array(z.strictObject({ account: addressField, region: name })).max(MEMBERS_MAX),
  models: z.union([z.literal("any"), z.array(bytes32Field).min(1).max(NETWORK_MODELS_MAX)]),
  /** Sessions named so have this model; with any services here no other name may be used. */
  services,
  ...policyFields,
});

const templateSchema = z.strictObject({
  name,
  says: sentence,
  /** Whether whoever makes a network of it has to list its models. */
  models: z.enum(["any", "listed"]),
  ...policyFields,
});

/** Everything that a private network is made from. */
export type NetworkPlan = Readonly<z.output<typeof planSchema>>;
/** A plan's policies, without who and where. */
export type NetworkTemplate = Readonly<z.output<typeof templateSchema>>;
export type PlannedMember = NetworkPlan["members"][number];

/** Reads a plan, strictly: from its JSON text or parsed. Throws PROTOCOL_BAD_DOCUMENT with each field and each contradiction at fault. */
export function parseNetworkPlan(source: unknown): NetworkPlan {
  const plan = parseWith(planSchema, source, "network plan");
  const faults = planFaults(plan);
  if (faults.length > 0) refuse("network plan", faults);
  return plan;
}

/** Throws PROTOCOL_BAD_DOCUMENT. */
export function parseNetworkTemplate(source: unknown): NetworkTemplate {
  return parseWith(templateSchema, source, "network template");
}

/** JSON that `parseNetworkPlan` reads back. Throws PROTOCOL_BAD_DOCUMENT for a field that no plan has; contradictions are `parseNetworkPlan`'s to find. */
export function formatNetworkPlan(plan: NetworkPlan): string {
  const encoded = z.safeEncode(planSchema, { ...plan });
  if (!encoded.success) return refuse("network plan", encoded.error.issues.map(issueText));
  return `${JSON.stringify(encoded.data, undefined, 2)}\n`;
}

/** A plan of a template's policies: one team after another, its first owner in the first team. Throws PROTOCOL_BAD_DOCUMENT. */
export function planOfTemplate(
  { name: _template, says: _says, models, ...policies }: NetworkTemplate,
  chosen: Pick<NetworkPlan, "name" | "chainId" | "parent" | "gasToken" | "members" | "nodes"> & {
    readonly models: readonly `0x${string}`[];
  },
): NetworkPlan {
  const listed = chosen.models.length === 0 && models === "any" ? "any" : [...chosen.models];
  return parseNetworkPlan(formatNetworkPlan({ ...policies, services: [], ...chosen, models: listed }));
}

/** Who of a plan stands in its list: all but owners and admins, and the nodes. */
export function listedMembers({ members, nodes, teams }: NetworkPlan): readonly ListedMember[] {
  const teamOf = (wanted: string | undefined) => teams.findIndex((team) => team.name === wanted) + 1;
  return [
    ...members
      .filter(({ role }) => role !== "owner" && role !== "admin")
      .map(({ account, role, team }) => ({ account, role, team: teamOf(team) })),
    ...nodes.map(({ account }) => ({ account, role: "node" as const, team: 0 })),
  ];
}

/** Who of a plan stands on the chain by itself. */
export function plannedStewards({ members, teams }: NetworkPlan): readonly ListedMember[] {
  const teamOf = (wanted: string | undefined) => teams.findIndex((team) => team.name === wanted) + 1;
  return members
    .filter(({ role }) => role === "owner" || role === "admin")
    .map(({ account, role, team }) => ({ account, role, team: teamOf(team) }));
}

function parseWith<Schema extends z.ZodType>(schema: Schema, source: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(typeof source === "string" ? parseJson(source, what) : source);
  if (parsed.success) return parsed.data;
  return refuse(what, parsed.error.issues.map(issueText));
}

function issueText({ path, message }: z.core.$ZodIssue): string {
  return `${path.join(".") || "plan"}: ${message}`;
}

function parseJson(text: string, what: string): unknown {
  if (text.length > PLAN_BYTES_MAX) return refuse(what, [`more than ${PLAN_BYTES_MAX} bytes`]);
  try {
    return JSON.parse(text);
  } catch {
    return refuse(what, ["not JSON"]);
  }
}

function refuse(what: string, issues: readonly string[]): never {
  throw new ProtocolError({ code: "PROTOCOL_BAD_DOCUMENT", what, issues: issues.slice(0, ISSUES_MAX) });
}
