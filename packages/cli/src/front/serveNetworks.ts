import { join } from "node:path";
import { NETWORKS_PATH } from "@cortensor/api";
import { pickFreePort, systemClock } from "@cortensor/runtime";
import type { CommandContext, Env } from "../commandContext.js";
import { reportToParent } from "../reportToParent.js";
import { ensureCertificate } from "../roles/selfSignedCertificate.js";
import { untilStopped } from "../untilStopped.js";
import { ENTRY } from "../up/localChildren.js";
import { type SupervisedChild, superviseChild } from "../up/superviseChild.js";
import type { ServedNetwork } from "./readServed.js";

export type ServeNetworksOptions = {
  readonly host: string;
  readonly port: number;
  /** Of the front: each router is registered below it. */
  readonly endpoint?: string;
  readonly selfSigned?: boolean;
  readonly pages?: string;
  readonly stake: string;
  readonly bond: string;
};

type Placed = ServedNetwork & { readonly port: number };

/** What of the command's environment the front is given: it has nothing of any network to know. */
const FRONT_ENV = [
  "PATH",
  "NODE_OPTIONS",
  "CORTENSOR_LOG",
  "CORTENSOR_LOG_PRETTY",
  "ROUTER_TLS_CERT",
  "ROUTER_TLS_KEY",
];

/**
 * Runs a router of each network and one address before them, every one a process of its own, until the end. This process itself listens
 * to nobody: it starts them, and starts again what dies.
 */
export async function serveNetworks(
  context: CommandContext,
  { served, options }: { readonly served: readonly ServedNetwork[]; readonly options: ServeNetworksOptions },
): Promise<void> {
  const { output, shutdown, paths } = context;
  const placed = await place(served);
  const env = { ...context.env, ...(options.selfSigned === true ? await ensureCertificate(paths.tls) : {}) };
  const [first] = placed;
  const root = first?.isPublic === true ? first.name : undefined;
  const front = startFront(context, { placed, options, env, ...(root === undefined ? {} : { root }) });
  shutdown.add("front", () => front.stop());
  const routers = placed.map((network) => startRouter(context, network, { options, isRoot: network.name === root }));
  // Before the front: what it waits for ends with them.
  shutdown.add("routers", async () => {
    await Promise.all(routers.map((router) => router.stop()));
  });
  const url = String((await front.ready).url);
  const networks = placed.map(({ name, isPublic, home }) => ({
    ...{ name, url: `${url}${NETWORKS_PATH}/${name}`, privacy: isPublic ? "public" : "private", home },
  }));
  for (const [at, network] of networks.entries()) tellWhenReady(context, network, routers[at]);
  reportToParent({ kind: "ready", data: { url } });
  const lines = networks.map(({ name, url: own, home }) => `  ${name.padEnd(16)} ${own}   home ${home}`);
  output.result([`${networks.length} networks at ${url}, each with a router of its own:`, ...lines], { url, networks });
  await untilStopped(shutdown);
}

function tellWhenReady(
  { output }: CommandContext,
  { name, url }: { readonly name: string; readonly url: string },
  router: SupervisedChild | undefined,
): void {
  void router?.ready.then(
    () => output.progress("router.ready", `The router of ${name} is ready at ${url}`, { name, url }),
    // Stopped before it ever was: its deaths have been told.
    () => undefined,
  );
}

async function place(served: readonly ServedNetwork[]): Promise<readonly Placed[]> {
  const placed: Placed[] = [];
  for (const network of served) {
    let port = await pickFreePort();
    while (placed.some((other) => other.port === port)) port = await pickFreePort();
    placed.push({ ...network, port });
  }
  return placed;
}

function startFront(
  { output, paths }: CommandContext,
  { placed, options, env, root }: { placed: readonly Placed[]; options: ServeNetworksOptions; env: Env; root?: string },
): SupervisedChild {
  const atRoot = root === undefined ? [] : ["--root", root];
  const networks = placed.flatMap(({ name, port, isPublic }) => [
    isPublic ? "--public" : "--private",
    `${name}=${port}`,
  ]);
  const args = ["front", "--host", options.host, "--port", String(options.port), ...atRoot, ...networks];
  const given = Object.fromEntries(FRONT_ENV.map((name) => [name, env[name]]));
  const spec = { name: "front", entry: ENTRY, args, env: given, logFile: join(paths.logs, "front.log") };
  return superviseChild(spec, { output, clock: systemClock, random: Math.random });
}

function startRouter(
  { output, env }: CommandContext,
  { name, home, profilePath, settings, port }: Placed,
  { options, isRoot }: { readonly options: ServeNetworksOptions; readonly isRoot: boolean },
): SupervisedChild {
  const { endpoint, pages, stake, bond } = options;
  const own = endpoint === undefined ? [] : ["--endpoint", underFront(endpoint, name)];
  // Pages know of no path before theirs, and what browsers keep for them is the whole address's.
  const shown = pages === undefined || !isRoot ? [] : ["--pages", pages];
  const args = ["--home", home, "router", "--network", profilePath, "--stake", stake, "--bond", bond, ...own, ...shown];
  const given = {
    ...Object.fromEntries(Object.entries(env).filter(([variable]) => !variable.startsWith("ROUTER_"))),
    ...settings,
    ...{ ROUTER_HOST: "127.0.0.1", ROUTER_PORT: String(port), ROUTER_PROFILE: profilePath },
  };
  const spec = { name: `router of ${name}`, entry: ENTRY, args, env: given, logFile: join(home, "logs", "router.log") };
  return superviseChild({ ...spec, keepsTrying: true }, { output, clock: systemClock, random: Math.random });
}

function underFront(endpoint: string, name: string): string {
  return `${endpoint.replace(/\/+$/, "")}${NETWORKS_PATH}/${name}`;
}
