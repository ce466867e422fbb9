import { readFile } from "node:fs/promises";
import { type NetworkProfile, parseLayerProfile, parseProfile, toNetworkProfile } from "@cortensor/chain";
import { type Cortensor, type CortensorOptions, createCortensor } from "@cortensor/sdk";
import { CliError } from "./cliError.js";
import type { CommandContext, Env } from "./commandContext.js";
import { readHomeState } from "./home/homeState.js";
import { readFileIfThere } from "./home/writeFileWhole.js";

/** A router's address: as given, from CORTENSOR_URL, or of the network in this home. */
export async function findRouterUrl({ env, paths }: CommandContext, given: string | undefined): Promise<string> {
  const url = given ?? env.CORTENSOR_URL ?? (await readHomeState(paths.state)).url;
  if (url !== undefined) return url;
  const hint = "start one with `cortensor up`, or name a router with --router <url>";
  throw new CliError({ code: "CLI_NO_NETWORK", hint });
}

/** A client of that router, with whatever key there is. */
export async function openClient(
  context: CommandContext,
  { router, ...options }: { readonly router?: string } & Partial<CortensorOptions>,
): Promise<Cortensor> {
  const { env, paths } = context;
  const baseUrl = await findRouterUrl(context, router);
  const apiKey = options.apiKey ?? env.CORTENSOR_API_KEY ?? (await readTrimmed(paths.apiKey));
  const adminToken = env.CORTENSOR_ADMIN_TOKEN ?? (await readTrimmed(paths.adminToken));
  const auditorToken = env.CORTENSOR_AUDITOR_TOKEN ?? (await readTrimmed(paths.auditorToken));
  const usesWallet = options.wallet !== undefined;
  return createCortensor({
    ...options,
    baseUrl,
    ...(apiKey === undefined || usesWallet ? {} : { apiKey }),
    ...(adminToken === undefined ? {} : { adminToken }),
    ...(auditorToken === undefined ? {} : { auditorToken }),
  });
}

export type JoinedNetwork = {
  readonly profile: NetworkProfile;
  /** Where the network was found, when that was a router. */
  readonly routerUrl?: string;
};

/** A network's profile from a file, a router's address, or this home. */
export async function findNetwork(context: CommandContext, given: string | undefined): Promise<JoinedNetwork> {
  if (given !== undefined && /^https?:\/\//.test(given)) return fetchNetwork(given);
  const text = given === undefined ? await readFileIfThere(context.paths.profile) : await readGiven(given);
  if (text === undefined) {
    const hint = "name one with --network <file|url>, or start one with `cortensor up`";
    throw new CliError({ code: "CLI_NO_NETWORK", hint });
  }
  const routerUrl = given === undefined ? (await readHomeState(context.paths.state)).url : undefined;
  const profile = deployedProfile(text, context.env) ?? parse(text, given ?? context.paths.profile);
  return { profile, ...(routerUrl === undefined ? {} : { routerUrl }) };
}

async function fetchNetwork(routerUrl: string): Promise<JoinedNetwork> {
  const info = await createCortensor({ baseUrl: routerUrl }).info();
  const parsed = parse(JSON.stringify(info.profile ?? null), routerUrl);
  const { hostname } = new URL(routerUrl);
  const { home, rpcUrls } = parsed;
  const profile = {
    ...{ ...parsed, rpcUrls: reachableFrom(rpcUrls, hostname) },
    ...(home && { home: { ...home, rpcUrls: reachableFrom(home.rpcUrls, hostname) } }),
  };
  return { profile, routerUrl };
}

/** A local network names its chain by 127.0.0.1; from another machine that is the host on which its router was found. */
export function reachableFrom(rpcUrls: readonly string[], hostname: string): readonly string[] {
  return rpcUrls.map((text) => {
    const url = new URL(text);
    if (isLoopback(url.hostname) && !isLoopback(hostname)) url.hostname = hostname;
    return url.toString().replace(/\/$/, "");
  });
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

async function readGiven(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new CliError({ code: "CLI_BAD_FILE", file: path, problem: "can't be read" }, { cause });
  }
}

/** Of a profile over layers, what nodes read, once it is deployed whole. */
function deployedProfile(text: string, env: Env): NetworkProfile | undefined {
  if (!isOverLayers(text)) return undefined;
  const profile = parseLayerProfile(text);
  const network = toNetworkProfile(profile, env);
  if (network !== undefined) return network;
  const hint = `${profile.name} isn't deployed whole; \`cortensor deploy --profile <file>\` says what is missing`;
  throw new CliError({ code: "CLI_NO_NETWORK", hint });
}

/** Whether it has layers of its own; a network may also be called so. */
function isOverLayers(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "layers" in value;
  } catch {
    return false;
  }
}

function parse(text: string, source: string): NetworkProfile {
  try {
    return parseProfile(text);
  } catch (cause) {
    throw new CliError({ code: "CLI_BAD_FILE", file: source, problem: "is no network profile" }, { cause });
  }
}

async function readTrimmed(path: string): Promise<string | undefined> {
  const text = (await readFileIfThere(path))?.trim();
  return text === "" ? undefined : text;
}
