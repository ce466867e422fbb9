import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ChainOperators, opStackIntent, orbitConfig } from "@cortensor/chain";
import { type Address, type Hex, type NetworkPlan, type PlannedMember, planOfTemplate } from "@cortensor/protocol";
import { type Command, Option } from "commander";
import { isPlanned, parseMember, parseNode } from "../chains/parseMember.js";
import { parsePlan, planPlace, readTemplate, said, writePlan } from "../chains/planPlace.js";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { writeFileWhole } from "../home/writeFileWhole.js";
import type { Act } from "../main.js";
import { formatCor } from "../money.js";
import { parseAddressArgument, parseHash, wholeNumber } from "../parseArgument.js";

const PARENT_DEFAULT = 31_337;

type CreateOptions = {
  readonly template?: string;
  readonly name?: string;
  readonly chainId?: number;
  readonly parentId: number;
  readonly gasToken: "native" | "cor";
  readonly member: readonly PlannedMember[];
  readonly node: readonly NetworkPlan["nodes"][number][];
  readonly model: readonly Hex[];
  readonly for?: "orbit" | "op-stack";
  readonly corAddress?: Address;
};

/** `cortensor chain create`: a private network's plan, from a file or a template, and what other stacks' deployers take of it. */
export function addChainCreate(chain: Command, act: Act): void {
  const added =
    <Value>(parse: (text: string) => Value) =>
    (text: string, before: readonly Value[]) => [...before, parse(text)];
  chain
    .command("create [plan]")
    .description("Make a private network's plan, from one file or from a template, and say what it doesn't cover.")
    .option("--template <name>", "health, finance, public-sector or research, in place of a file")
    .option("--name <name>", "the network's name (with --template)")
    .option("--chain-id <id>", "its chain's id (with --template)", wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option("--parent-id <id>", "its parent chain's id", wholeNumber(1, Number.MAX_SAFE_INTEGER), PARENT_DEFAULT)
    .addOption(new Option("--gas-token <kind>", "what pays for gas").choices(["native", "cor"]).default("native"))
    .option("--member <role:address[:team]>", "a member; may be given again", added(parseMember), [])
    .option(
      "--node <address:region>",
      "a node's signing key, or its operator; may be given again",
      added(parseNode),
      [],
    )
    .option("--model <id>", "a model that sessions may have; may be given again", added(parseHash), [])
    .addOption(
      new Option("--for <stack>", "also write what that stack's own deployer takes").choices(["orbit", "op-stack"]),
    )
    .option("--cor-address <address>", "COR on the parent chain, for Orbit with --gas-token cor", parseAddressArgument)
    .addHelpText(
      "after",
      "\nExamples:\n  $ cortensor chain create clinic.json\n  $ cortensor chain create --template health --name clinic --chain-id 41001 --member owner:0x…:care --model 0x…",
    )
    .action((file: string | undefined, options: CreateOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => create(context, file, options)),
    );
}

async function create(context: CommandContext, file: string | undefined, options: CreateOptions): Promise<void> {
  const plan = file === undefined ? await planned(options) : parsePlan(await readGiven(file), file);
  const place = planPlace(context.paths.home, plan.name);
  await writePlan(place, plan);
  const written = options.for === undefined ? undefined : await writeConfig(place.folder, plan, options);
  const lines = [
    `Private network ${plan.name}, chain ${plan.chainId} below ${plan.parent.name}: ${place.plan}`,
    ...policyLines(plan),
    "Not covered by this file, nor by the network:",
    ...plan.uncovered.map((one) => `  - ${one}`),
    ...(written === undefined
      ? [`Run it here: cortensor chain serve ${plan.name}`]
      : [`Written for ${options.for}, never executed here: ${written}`]),
  ];
  const { name, chainId, uncovered } = plan;
  context.output.result(lines, { name, chainId, plan: place.plan, uncovered, ...(written && { config: written }) });
}

async function planned({ template, name, chainId, ...options }: CreateOptions): Promise<NetworkPlan> {
  const missing = template === undefined ? "a plan's file, or --template" : "--name and --chain-id";
  if (template === undefined || name === undefined || chainId === undefined)
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "create", expected: missing });
  const read = await readTemplate(template);
  const parent = { name: "parent", chainId: options.parentId };
  return said(`template ${template}`, () =>
    planOfTemplate(read, {
      ...{ name, chainId, parent, gasToken: options.gasToken, models: options.model },
      members: [...options.member],
      nodes: [...options.node],
    }),
  );
}

async function readGiven(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: "can't be read" }, { cause });
  }
}

/** What holds in it, and by what. */
export function policyLines(plan: NetworkPlan): readonly string[] {
  const { limits, privacy, teams, models, services, regions, retention, members, nodes } = plan;
  const budgets = teams.map(({ name, budgetWei }) => `${name} ${formatCor(budgetWei)}`).join(", ");
  const roles = members.map(({ role }) => role);
  const count = (role: string) => roles.filter((one) => one === role).length;
  const named = [...new Set(roles)].filter(isPlanned).map((role) => `${count(role)} ${role}`);
  return [
    `  members    ${named.join(", ")}; ${nodes.length} nodes and operators, in ${regions.join(", ")}`,
    `  budgets    ${budgets}, each ${plan.budgetSeconds} s`,
    `  sessions   ${limits.sessionsPerMember} a member and period, ${limits.tasksPerSession} tasks, ${limits.copies} copies, ${formatCor(limits.depositWeiPerSession)} at most in each`,
    `  models     ${models === "any" ? "any" : `${models.length} listed`}; ${services.length === 0 ? "no named services" : services.map(({ name }) => name).join(", ")}`,
    `  privacy    ${privacy.level}, sealed; audit ${privacy.audit.join(", ")}; engines ${privacy.engine}`,
    `  access log ${retention.accessLogSeconds} s; sinks ${plan.sinks}`,
  ];
}

async function writeConfig(folder: string, plan: NetworkPlan, options: CreateOptions): Promise<string> {
  const owner = plan.members.find(({ role }) => role === "owner")?.account;
  if (owner === undefined || options.for === undefined) throw new CliError({ code: "CLI_USAGE", problem: "no owner" });
  const [first, second] = plan.nodes;
  const operators: ChainOperators = {
    ...{ owner, batchPoster: first?.account ?? owner, validator: second?.account ?? first?.account ?? owner },
    ...(options.corAddress && { cor: options.corAddress }),
  };
  if (options.for === "orbit" && plan.gasToken === "cor" && operators.cor === undefined)
    throw new CliError({
      code: "CLI_BAD_ARGUMENT",
      argument: "--cor-address",
      expected: "COR's address on the parent",
    });
  const file = join(folder, options.for === "orbit" ? "orbit.json" : "intent.toml");
  const text =
    options.for === "orbit"
      ? `${JSON.stringify(orbitConfig(plan, operators), undefined, 2)}\n`
      : opStackIntent(plan, operators);
  await writeFileWhole(file, text);
  return file;
}
