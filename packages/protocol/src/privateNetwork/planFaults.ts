import type { NetworkPlan } from "./networkPlan.js";

/** In what a plan contradicts itself; each in a sentence. */
export function planFaults(plan: NetworkPlan): readonly string[] {
  const { members, nodes, teams, regions, services, models, chainId, parent, privacy } = plan;
  const teamNames = new Set(teams.map((team) => team.name));
  const accounts = [...members, ...nodes].map(({ account }) => account);
  const modelIds = models === "any" ? [] : models;
  return [
    ...twice("members and nodes", accounts),
    ...twice(
      "members' subjects",
      members.flatMap(({ subject }) => (subject === undefined ? [] : [subject])),
    ),
    ...twice(
      "teams",
      teams.map((team) => team.name),
    ),
    ...twice("regions", regions),
    ...twice("models", modelIds),
    ...twice(
      "services",
      services.map((service) => service.name),
    ),
    ...twice("privacy.audit", privacy.audit),
    ...(members.some(({ role }) => role === "owner") ? [] : ["members: nobody is owner"]),
    ...members.flatMap(({ account, role, team }) => teamFaults({ account, role, team, teamNames })),
    ...nodes
      .filter(({ region }) => !regions.includes(region))
      .map(({ account, region }) => `nodes: ${account} stands in ${region}, which isn't among the regions`),
    ...(models === "any" ? [] : services.filter(({ model }) => !models.includes(model))).map(
      ({ name, model }) => `services: ${name} has the model ${model}, which isn't among the models`,
    ),
    ...(chainId === parent.chainId ? ["chainId: it is the parent's too"] : []),
  ];
}

function teamFaults(parts: {
  readonly account: string;
  readonly role: string;
  readonly team: string | undefined;
  readonly teamNames: ReadonlySet<string>;
}): readonly string[] {
  const { account, role, team, teamNames } = parts;
  if (team !== undefined && !teamNames.has(team))
    return [`members: ${account} is of the team ${team}, which isn't one`];
  if (role === "member" && team === undefined) return [`members: ${account} is a member of no team`];
  return [];
}

function twice(of: string, names: readonly string[]): readonly string[] {
  const known = new Set<string>();
  const doubled = new Set<string>();
  for (const one of names) {
    if (known.has(one)) doubled.add(one);
    known.add(one);
  }
  return [...doubled].map((one) => `${of}: ${one} stands twice`);
}
