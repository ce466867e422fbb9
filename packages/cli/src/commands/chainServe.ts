import {
  createChainReader,
  createChainWriter,
  deployPrivate,
  formatProfile,
  type NetworkProfile,
  readMemberRole,
  transferCor,
  transferNative,
} from "@cortensor/chain";
import type { Address, NetworkPlan } from "@cortensor/protocol";
import { startDoorAgent, startRpcDoor } from "@cortensor/rollup";
import { pickFreePort, runLoop, systemClock } from "@cortensor/runtime";
import type { Command } from "commander";
import { z } from "zod";
import { startAnvil } from "../../../../tools/anvil/startAnvil.mjs";
import { AccessLog } from "../chains/accessLog.js";
import { type AboveOptions, deployAbove } from "../chains/deployAbove.js";
import { type PlanPlace, planPlace, readPlan } from "../chains/planPlace.js";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import { readFileIfThere, writeFileWhole } from "../home/writeFileWhole.js";
import type { Act } from "../main.js";
import { findNetwork } from "../networkAccess.js";
import { parseAddressArgument, parsePort } from "../parseArgument.js";
import { FAUCET_KEY } from "../startChain.js";
import { untilStopped } from "../untilStopped.js";
import { readSavedDeployment } from "../up/localDeployment.js";

const DOOR_PORT = 8_560;
const AGENT_PORT = 8_561;
const EPOCH_SECONDS = 30;
const LOG_MS = 1_000;
/** Once an hour is often enough for a log whose age is counted in days. */
const PRUNE_MS = 3_600_000;
const GIFT_WEI = 10n ** 18n;
const COR_GIFT_WEI = 1_000n * 10n ** 18n;

type ServeOptions = {
  readonly listen: number;
  readonly host: string;
  readonly issuer?: string;
  readonly audience?: string;
  readonly jwks?: string;
  readonly keys?: string;
} & Partial<AboveOptions>;
type EnterOptions = {
  readonly network: string;
  readonly door: string;
  readonly as: string;
  readonly listen: number;
  readonly out?: string;
};

/** `cortensor chain serve` and `cortensor chain enter`: both ends of a private network's RPC door. */
export function addChainServe(chain: Command, act: Act): void {
  chain
    .command("serve <name>")
    .description(
      "Run a private network's chain on this machine, deploy what isn't there, and open its RPC door to its members.",
    )
    .option("--listen <port>", "the door's port", parsePort, DOOR_PORT)
    .option("--host <address>", "the door's address", "127.0.0.1")
    .option("--issuer <url>", "take tokens of this identity provider (OIDC)")
    .option("--audience <name>", "that are meant for this audience")
    .option("--jwks <file|url>", "and signed with these keys")
    .option("--keys <file>", "take keys: JSON, each key's SHA-256 in hex and its member's address")
    .option(
      "--rollup <file>",
      "on an OP Stack chain that runs already, by its file, instead of one of this command's own",
    )
    .option("--chain <url>", "that chain's RPC")
    .option("--parent <url>", "its parent's RPC")
    .option("--parent-cor <address>", "COR on its parent", parseAddressArgument)
    .action((name: string, options: ServeOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => serve(context, name, options)),
    );
  chain
    .command("enter")
    .description(
      "A member's own end of a network's RPC door: answers plain JSON-RPC on 127.0.0.1, signing for each request.",
    )
    .requiredOption("--network <file>", "the network's profile")
    .requiredOption("--door <url>", "its RPC door")
    .requiredOption("--as <name>", "the member's key in the keystore")
    .option("--listen <port>", "port on 127.0.0.1", parsePort, AGENT_PORT)
    .option("--out <file>", "write the profile with this end as its RPC URL: for --network of other commands")
    .action((options: EnterOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), (context) => enter(context, options)),
    );
}

async function serve(context: CommandContext, name: string, options: ServeOptions): Promise<void> {
  const { output, shutdown, paths } = context;
  const place = planPlace(paths.home, name);
  const plan = await readPlan(place);
  const log = context.log("chain");
  const access = new AccessLog(place.accessLog);
  const keys = await readKeys(options.keys);
  const provider = providerOf(plan, options);
  const { profile, chainUrl } = await openChain(context, { place, plan, options });
  const reader = createChainReader({ profile });
  const door = await startRpcDoor({
    ...{ host: options.host, port: options.listen, chainUrl, chainId: plan.chainId },
    ...{ gate: profile.addresses.compliance, keys, clock: systemClock, ...(provider && { provider }) },
    readRole: (account) => readMemberRole(reader, account),
    onEntry: (entry) => access.note(entry),
    onError: (error) => log.warn("The door couldn't answer", {}, error),
  });
  shutdown.add("door", () => door.close());
  // What members are given: the chain is behind the door, at no address of theirs.
  await writeFileWhole(place.profile, formatProfile({ ...profile, rpcUrls: [door.url] }));
  keepLog(context, { access, plan });
  const lines = [
    `Private network ${name} answers its members at ${door.url}`,
    `  profile  ${place.profile}`,
    ...(options.rollup === undefined ? [] : [`  leave    ${place.exit}, for members to keep beside it`]),
    `  enter    cortensor chain enter --network ${place.profile} --door ${door.url} --as <your key>`,
  ];
  output.result(lines, { name, door: door.url, profile: place.profile, gate: profile.addresses.compliance });
  await untilStopped(shutdown);
  await access.write();
}

type Opening = { readonly place: PlanPlace; readonly plan: NetworkPlan; readonly options: ServeOptions };

/** The network's chain: one that runs already above a parent, or one of this machine alone. */
async function openChain(
  { env, shutdown, log }: CommandContext,
  { place, plan, options }: Opening,
): Promise<{ readonly profile: NetworkProfile; readonly chainUrl: string }> {
  const { rollup, chain, parent, parentCor } = options;
  if (rollup !== undefined && chain !== undefined && parent !== undefined && parentCor !== undefined) {
    const profile = await deployAbove({ env, place, plan }, { rollup, chain, parent, parentCor });
    return { profile, chainUrl: chain };
  }
  if (rollup !== undefined || chain !== undefined || parent !== undefined || parentCor !== undefined) {
    const expected = "--rollup, --chain, --parent and --parent-cor together";
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--rollup", expected });
  }
  const anvil = await startAnvil({
    ...{ chainId: plan.chainId, port: await pickFreePort(), statePath: place.chainState },
    log: (line) => log("chain").info("Tool", { line }),
  });
  shutdown.add("chain", () => anvil.stop());
  return { profile: await deploy(place, plan, anvil.url), chainUrl: anvil.url };
}

/** Deploys with the local chain's own first account, which is dismissed when the plan's stewards stand; members are given gas and play money. */
async function deploy(place: PlanPlace, plan: NetworkPlan, rpcUrl: string): Promise<NetworkProfile> {
  const saved = await readSavedDeployment(place.deployment);
  const profile = await deployPrivate({
    ...{ plan, rpcUrls: [rpcUrl], privateKey: FAUCET_KEY, epochSeconds: EPOCH_SECONDS },
    ...(saved && { saved }),
    save: (partial) => writeFileWhole(place.deployment, JSON.stringify(partial)),
  });
  if (saved !== undefined) return profile;
  const treasury = createChainWriter({ profile, privateKey: FAUCET_KEY });
  for (const { account } of [...plan.members, ...plan.nodes]) {
    await transferNative(treasury, { to: account, wei: GIFT_WEI });
    await transferCor(treasury, { to: account, wei: COR_GIFT_WEI });
  }
  return profile;
}

function keepLog(
  { shutdown, log }: CommandContext,
  { access, plan }: { readonly access: AccessLog; readonly plan: NetworkPlan },
): void {
  const { signal } = shutdown;
  const onError = (error: unknown) => log("chain").warn("The access log couldn't be kept", {}, error);
  const nowSeconds = () => Math.floor(systemClock.nowMs() / 1_000);
  const loops = [
    runLoop({ name: "access log", everyMs: LOG_MS, clock: systemClock, signal, work: () => access.write(), onError }),
    runLoop({
      ...{ name: "access log's age", everyMs: PRUNE_MS, clock: systemClock, signal, onError },
      work: () => access.prune(nowSeconds() - plan.retention.accessLogSeconds),
    }),
  ];
  shutdown.add("access log", () => Promise.all(loops).then(() => undefined));
}

function providerOf(plan: NetworkPlan, { issuer, audience, jwks }: ServeOptions) {
  if (issuer === undefined && audience === undefined && jwks === undefined) return undefined;
  if (issuer === undefined || audience === undefined || jwks === undefined) {
    const expected = "--issuer, --audience and --jwks together";
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--issuer", expected });
  }
  const accountOf = new Map<string, Address>();
  for (const { subject, account } of plan.members) if (subject !== undefined) accountOf.set(subject, account);
  return { issuer, audience, keysPlace: jwks, accountOf };
}

const keysSchema = z.record(z.string().regex(/^[0-9a-f]{64}$/), z.string().regex(/^0x[0-9a-f]{40}$/));

async function readKeys(file: string | undefined): Promise<ReadonlyMap<string, Address>> {
  if (file === undefined) return new Map();
  const parsed = keysSchema.safeParse(jsonOf(await readFileIfThere(file)));
  if (parsed.success)
    return new Map(
      Object.entries(parsed.data).map(([hash, account]): [string, Address] => [hash, `0x${account.slice(2)}`]),
    );
  throw new CliError({
    code: "CLI_BAD_FILE",
    file,
    problem: "is no JSON of keys' SHA-256 and their members' addresses",
  });
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

async function enter(context: CommandContext, options: EnterOptions): Promise<void> {
  const { shutdown, output } = context;
  const { profile } = await findNetwork(context, options.network);
  const { key, address } = await context.keystore({ mayGenerate: false }).open(options.as);
  const log = context.log("agent");
  const agent = await startDoorAgent({
    ...{ port: options.listen, doorUrl: options.door, chainId: profile.chainId, gate: profile.addresses.compliance },
    ...{ account: address, key: key.expose(), clock: systemClock },
    onError: (error) => log.warn("The door didn't answer", {}, error),
  });
  shutdown.add("agent", () => agent.close());
  if (options.out !== undefined) await writeFileWhole(options.out, formatProfile({ ...profile, rpcUrls: [agent.url] }));
  const lines = [`${address} enters ${profile.name} by ${agent.url}: name it as RPC URL, on this machine alone`];
  output.result(lines, { account: address, network: profile.name, url: agent.url });
  await untilStopped(shutdown);
}
