import {
  applyPlan,
  type ChainWriter,
  createChainWriter,
  readMemberRole,
  revokeMember,
  rotateMember,
} from "@cortensor/chain";
import {
  type Address,
  formatNetworkPlan,
  type NetworkPlan,
  type PlannedMember,
  parseNetworkPlan,
} from "@cortensor/protocol";
import type { Command } from "commander";
import { isPlanned, parseMember } from "../chains/parseMember.js";
import { planPlace, readPlan, said, writePlan } from "../chains/planPlace.js";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { findNetwork } from "../networkAccess.js";
import { parseAddressArgument } from "../parseArgument.js";

type MemberOptions = { readonly network: string; readonly as: string };
type Change = {
  readonly plan: NetworkPlan;
  readonly send: (chain: ChainWriter) => Promise<unknown>;
  readonly sentence: string;
};

/** `cortensor chain member`: who is a member, in the plan and at the gate. */
export function addChainMember(chain: Command, act: Act): void {
  const member = chain.command("member").description("Add, off-board and change a private network's members.");
  const on = (command: Command) =>
    command
      .requiredOption("--network <file>", "the network's profile, by an RPC URL that answers: see `chain enter`")
      .requiredOption("--as <name>", "an owner's key in the keystore; an admin's may remove and rotate");
  const run = (self: Command, name: string, change: (plan: NetworkPlan) => Change) =>
    act(self.optsWithGlobals<GlobalOptions>(), (context) => apply(context, { name, change, options: self.opts() }));
  on(member.command("add <name> <role:address[:team]>"))
    .description("Add a member; the list is published anew.")
    .action((name: string, text: string, _options: object, self: Command) =>
      run(self, name, (plan) => withMember(plan, parseMember(text))),
    );
  on(member.command("remove <name> <address>"))
    .description("Off-board an account, at once: it holds at every door within ten seconds.")
    .action((name: string, text: string, _options: object, self: Command) =>
      run(self, name, (plan) => without(plan, parseAddressArgument(text))),
    );
  on(member.command("role <name> <address> <role> [team]"))
    .description("Give a member another role or team.")
    .action((name: string, text: string, role: string, team: string | undefined, _options: object, self: Command) =>
      run(self, name, (plan) => withRole(plan, { account: parseAddressArgument(text), role, team })),
    );
  on(member.command("rotate <name> <from> <to>"))
    .description("Move a member's standing to another key. What the old key owns on chain stays the old key's.")
    .action((name: string, from: string, to: string, _options: object, self: Command) =>
      run(self, name, (plan) => withKey(plan, parseAddressArgument(from), parseAddressArgument(to))),
    );
}

/** The chain first: a plan that says more than the gate would be applied by the next change, one that says less would undo this one. */
async function apply(
  context: CommandContext,
  request: { readonly name: string; readonly change: (plan: NetworkPlan) => Change; readonly options: MemberOptions },
): Promise<void> {
  const { name, options } = request;
  const place = planPlace(context.paths.home, name);
  const { plan, send, sentence } = request.change(await readPlan(place));
  const checked = said(place.plan, () => parseNetworkPlan(formatNetworkPlan(plan)));
  const { profile } = await findNetwork(context, options.network);
  const { key } = await context.keystore({ mayGenerate: false }).open(options.as);
  const chain = createChainWriter({ profile, privateKey: key.expose() });
  if ((await readMemberRole(chain, chain.account)) === "none")
    throw new CliError({
      code: "CLI_BAD_ARGUMENT",
      argument: "--as",
      expected: "a key of this network's owner or admin",
    });
  await send(chain);
  await writePlan(place, checked);
  context.output.result([sentence], { name, plan: place.plan, members: checked.members });
}

function withMember(plan: NetworkPlan, member: PlannedMember): Change {
  const next = { ...plan, members: [...plan.members, member] };
  return { plan: next, send: (chain) => applyPlan(chain, next), sentence: `${member.account} is ${member.role}` };
}

/** Revoked at once; the next list leaves it out. A steward is dismissed by the plan without it. */
function without(plan: NetworkPlan, account: Address): Change {
  const found = [...plan.members, ...plan.nodes].find((one) => one.account === account);
  if (found === undefined) throw unknown(account);
  const isSteward = plan.members.some(
    (one) => one.account === account && (one.role === "owner" || one.role === "admin"),
  );
  const rest = <One extends { readonly account: Address }>(list: readonly One[]) =>
    list.filter((one) => one.account !== account);
  const next = { ...plan, members: rest(plan.members), nodes: rest(plan.nodes) };
  const send = (chain: ChainWriter) => (isSteward ? applyPlan(chain, next) : revokeMember(chain, account));
  return { plan: next, send, sentence: `${account} is off-boarded: no door lets it in` };
}

function withRole(
  plan: NetworkPlan,
  { account, role, team }: { readonly account: Address; readonly role: string; readonly team: string | undefined },
): Change {
  if (!isPlanned(role))
    throw new CliError({
      code: "CLI_BAD_ARGUMENT",
      argument: "role",
      expected: "owner, admin, billing, member or auditor",
    });
  const found = plan.members.find((one) => one.account === account);
  if (found === undefined) throw unknown(account);
  const changed = { ...found, role, ...(team === undefined ? {} : { team }) };
  const next = { ...plan, members: plan.members.map((one) => (one.account === account ? changed : one)) };
  return { plan: next, send: (chain) => applyPlan(chain, next), sentence: `${account} is ${role}` };
}

function withKey(plan: NetworkPlan, from: Address, to: Address): Change {
  if (![...plan.members, ...plan.nodes].some(({ account }) => account === from)) throw unknown(from);
  const moved = <One extends { readonly account: Address }>(one: One): One =>
    one.account === from ? { ...one, account: to } : one;
  const next = { ...plan, members: plan.members.map(moved), nodes: plan.nodes.map(moved) };
  return { plan: next, send: (chain) => rotateMember(chain, { from, to }), sentence: `${to} stands for ${from}` };
}

function unknown(account: Address): CliError {
  return new CliError({
    code: "CLI_BAD_ARGUMENT",
    argument: "address",
    expected: `a member's or a node's: ${account} is none`,
  });
}
