import {
  type Address,
  type Bytes32,
  ENROLMENTS_MAX,
  type Hex,
  type ListedMember,
  type ListedPath,
  listedMembers,
  MEMBER_ROLES,
  memberList,
  type NetworkPlan,
  parseAddress,
  plannedStewards,
  ZERO_BYTES32,
} from "@cortensor/protocol";
import { encodeFunctionData, keccak256, stringToHex, zeroAddress } from "viem";
import { chainCall } from "./chainError.js";
import type { ChainWriter } from "./chainWriter.js";
import { readGateLogs } from "./gateEvents.js";
import { privateNetworkAbi } from "./generated/PrivateNetwork.js";
import { readMemberRole } from "./memberRoles.js";
import { sendTo } from "./sendTo.js";

const AUDIT_BITS = { none: 1, canary: 2, auditable: 4 } as const;

/**
 * Brings a private network's gate to what its plan says, as an owner. Each rule and steward that stands already is left; models, services
 * and stewards that the plan no longer names are taken away. Who deployed and is no steward of the plan is dismissed last.
 */
export async function applyPlan(chain: ChainWriter, plan: NetworkPlan): Promise<void> {
  await joinGate(chain);
  await setRules(chain, plan);
  await appointStewards(chain, plan);
  const listed = listedMembers(plan);
  if (listed.length > 0) await publishMembers(chain, listed);
  else await publishNobody(chain);
  await dismissOthers(chain, plan);
}

/** Puts a list in force where another is, and enrols all of it. */
export async function publishMembers(chain: ChainWriter, members: readonly ListedMember[]): Promise<void> {
  const list = memberList(members);
  const missing: ListedPath[] = [];
  const isInForce = (await readRoot(chain)) === list.root;
  for (const member of list.members) {
    if (!isInForce || (await readMemberRole(chain, member.account)) === "none") missing.push(member);
  }
  const [first = [], ...rest] = piecesOf(missing);
  if (!isInForce)
    await send(
      chain,
      "publish",
      encodeFunctionData({
        abi: privateNetworkAbi,
        functionName: "publish",
        args: [list.root, first.map(toMember), first.map(({ path }) => path)],
      }),
    );
  for (const piece of isInForce ? [first, ...rest] : rest) {
    if (piece.length > 0)
      await send(
        chain,
        "enrol",
        encodeFunctionData({
          abi: privateNetworkAbi,
          functionName: "enrol",
          args: [piece.map(toMember), piece.map(({ path }) => path)],
        }),
      );
  }
}

/** Of no list: no leaf is known that leads to it. */
const NOBODY = keccak256(stringToHex("no members"));

/** A network that has no more than stewards: who was enrolled no longer is. */
async function publishNobody(chain: ChainWriter): Promise<void> {
  const root = await readRoot(chain);
  if (root === ZERO_BYTES32 || root === NOBODY) return;
  await send(
    chain,
    "publish",
    encodeFunctionData({ abi: privateNetworkAbi, functionName: "publish", args: [NOBODY, [], []] }),
  );
}

async function joinGate(chain: ChainWriter): Promise<void> {
  const { compliance, sessions, sessionPayment } = chain.profile.addresses;
  const joined = chain.client.readContract({ address: compliance, abi: privateNetworkAbi, functionName: "sessions" });
  if ((await chainCall("sessions", joined)) === zeroAddress)
    await send(
      chain,
      "join",
      encodeFunctionData({ abi: privateNetworkAbi, functionName: "join", args: [sessions, sessionPayment] }),
    );
}

async function setRules(chain: ChainWriter, plan: NetworkPlan): Promise<void> {
  const { limits, privacy, models, teams, services } = plan;
  const chosen = {
    sessionsPerMember: limits.sessionsPerMember,
    tasksPerSession: limits.tasksPerSession,
    copies: limits.copies,
    auditModes: privacy.audit.reduce((bits, mode) => bits | AUDIT_BITS[mode], 0),
    provedEnginesOnly: privacy.engine === "proved",
    anyModel: models === "any",
    budgetSeconds: BigInt(plan.budgetSeconds),
    depositWeiPerSession: limits.depositWeiPerSession,
  };
  if (!isSame(chosen, await readLimits(chain)))
    await send(
      chain,
      "setLimits",
      encodeFunctionData({ abi: privateNetworkAbi, functionName: "setLimits", args: [chosen] }),
    );
  const standing = await readRules(chain);
  const wanted = models === "any" ? [] : models;
  for (const model of wanted.filter((one) => !standing.models.has(one)))
    await send(
      chain,
      "setModel",
      encodeFunctionData({ abi: privateNetworkAbi, functionName: "setModel", args: [model, true] }),
    );
  for (const model of standing.models)
    if (!wanted.includes(model))
      await send(
        chain,
        "setModel",
        encodeFunctionData({ abi: privateNetworkAbi, functionName: "setModel", args: [model, false] }),
      );
  const named = new Map(services.map(({ name, model }) => [keccak256(stringToHex(name)), model]));
  for (const [hash, model] of named)
    if (standing.services.get(hash) !== model)
      await send(
        chain,
        "setService",
        encodeFunctionData({ abi: privateNetworkAbi, functionName: "setService", args: [hash, model] }),
      );
  for (const hash of standing.services.keys())
    if (!named.has(hash))
      await send(
        chain,
        "setService",
        encodeFunctionData({ abi: privateNetworkAbi, functionName: "setService", args: [hash, ZERO_BYTES32] }),
      );
  for (const [index, { budgetWei }] of teams.entries()) {
    if ((await readBudgetWei(chain, index + 1)) === budgetWei) continue;
    await send(
      chain,
      "setBudget",
      encodeFunctionData({ abi: privateNetworkAbi, functionName: "setBudget", args: [index + 1, budgetWei] }),
    );
  }
}

/** Models and services that stand, by the gate's own events. */
async function readRules(chain: ChainWriter): Promise<{
  readonly models: ReadonlySet<Bytes32>;
  readonly services: ReadonlyMap<Bytes32, Bytes32>;
}> {
  const models = new Set<Bytes32>();
  const services = new Map<Bytes32, Bytes32>();
  for (const log of await readGateLogs(chain)) {
    if (log.eventName === "ModelSet") {
      if (log.args.isAllowed) models.add(log.args.model);
      else models.delete(log.args.model);
    }
    if (log.eventName === "ServiceSet") {
      if (log.args.model === ZERO_BYTES32) services.delete(log.args.nameHash);
      else services.set(log.args.nameHash, log.args.model);
    }
  }
  return { models, services };
}

async function appointStewards(chain: ChainWriter, plan: NetworkPlan): Promise<void> {
  // Owners first: whoever acts may be planned as less.
  const stewards = [...plannedStewards(plan)].sort(
    (left, right) => MEMBER_ROLES.indexOf(left.role) - MEMBER_ROLES.indexOf(right.role),
  );
  for (const { account, role, team } of stewards) {
    const [is, of] = [await readMemberRole(chain, account), await readTeam(chain, account)];
    if (is !== role || of !== team)
      await send(
        chain,
        "appoint",
        encodeFunctionData({
          abi: privateNetworkAbi,
          functionName: "appoint",
          args: [account, MEMBER_ROLES.indexOf(role), team],
        }),
      );
  }
}

/** The deployer's key goes last: until then it is the one that acts. */
async function dismissOthers(chain: ChainWriter, plan: NetworkPlan): Promise<void> {
  const planned = new Set(plannedStewards(plan).map(({ account }) => account));
  const seated = new Set<Address>();
  for (const log of await readGateLogs(chain)) {
    if (log.eventName === "StewardAppointed") seated.add(parseAddress(log.args.account));
    if (log.eventName === "StewardDismissed") seated.delete(parseAddress(log.args.account));
    if (log.eventName === "KeyRotated" && seated.delete(parseAddress(log.args.from)))
      seated.add(parseAddress(log.args.to));
  }
  const others = [...seated].filter((account) => !planned.has(account));
  for (const account of others.filter((one) => one !== chain.account)) {
    await send(
      chain,
      "dismiss",
      encodeFunctionData({ abi: privateNetworkAbi, functionName: "dismiss", args: [account] }),
    );
  }
  if (others.includes(chain.account))
    await send(
      chain,
      "dismiss",
      encodeFunctionData({ abi: privateNetworkAbi, functionName: "dismiss", args: [chain.account] }),
    );
}

function toMember({ account, role, team }: ListedMember) {
  return { account, role: MEMBER_ROLES.indexOf(role), team };
}

function piecesOf(members: readonly ListedPath[]): readonly (readonly ListedPath[])[] {
  const pieces: (readonly ListedPath[])[] = [];
  for (let at = 0; at < members.length; at += ENROLMENTS_MAX) pieces.push(members.slice(at, at + ENROLMENTS_MAX));
  return pieces;
}

async function readRoot(chain: ChainWriter): Promise<Bytes32> {
  const gate = { address: chain.profile.addresses.compliance, abi: privateNetworkAbi } as const;
  return chainCall("listRoot", chain.client.readContract({ ...gate, functionName: "listRoot" }));
}

type Limits = Awaited<ReturnType<typeof readLimits>>;

function readLimits(chain: ChainWriter) {
  const gate = { address: chain.profile.addresses.compliance, abi: privateNetworkAbi } as const;
  return chainCall("limitsOf", chain.client.readContract({ ...gate, functionName: "limitsOf" }));
}

function isSame(left: Limits, right: Limits): boolean {
  return (
    left.sessionsPerMember === right.sessionsPerMember &&
    left.tasksPerSession === right.tasksPerSession &&
    left.copies === right.copies &&
    left.auditModes === right.auditModes &&
    left.provedEnginesOnly === right.provedEnginesOnly &&
    left.anyModel === right.anyModel &&
    left.budgetSeconds === right.budgetSeconds &&
    left.depositWeiPerSession === right.depositWeiPerSession
  );
}

async function readBudgetWei(chain: ChainWriter, team: number): Promise<bigint> {
  const gate = { address: chain.profile.addresses.compliance, abi: privateNetworkAbi } as const;
  return chainCall("budgetWei", chain.client.readContract({ ...gate, functionName: "budgetWei", args: [team] }));
}

async function readTeam(chain: ChainWriter, account: Address): Promise<number> {
  const gate = { address: chain.profile.addresses.compliance, abi: privateNetworkAbi } as const;
  return chainCall("teamOf", chain.client.readContract({ ...gate, functionName: "teamOf", args: [account] }));
}

async function send(chain: ChainWriter, name: string, data: Hex): Promise<void> {
  await sendTo(chain, "compliance", { call: name, data });
}
