import { join } from "node:path";
import { createChainWriter, formatProfile } from "@cortensor/chain";
import { type RouterConfig, routerConfig } from "@cortensor/node";
import { formatConfigHelp, loadConfig } from "@cortensor/runtime";
import type { Command } from "commander";
import type { CommandContext, Env, GlobalOptions } from "../commandContext.js";
import { ensureRegistered, ensureStake } from "../enrolNode.js";
import { ensureFunds, isLocalNetwork } from "../faucet.js";
import { readServed } from "../front/readServed.js";
import { serveNetworks } from "../front/serveNetworks.js";
import { writeFileWhole } from "../home/writeFileWhole.js";
import type { Act } from "../main.js";
import { formatCor, parseCor } from "../money.js";
import { findNetwork } from "../networkAccess.js";
import { parsePort } from "../parseArgument.js";
import { reportToParent } from "../reportToParent.js";
import { postgresFolderOf, runRouter } from "../roles/runRouter.js";
import { ensureCertificate } from "../roles/selfSignedCertificate.js";
import { untilStopped } from "../untilStopped.js";
import { ensureToken } from "../up/localAccess.js";

type RouterOptions = {
  readonly network?: readonly string[];
  readonly host?: string;
  readonly port?: number;
  readonly endpoint?: string;
  readonly selfSigned?: boolean;
  readonly pages?: string;
  readonly stake: string;
  readonly bond: string;
};

/** `cortensor router`: serves one operator's lane. */
export function addRouter(program: Command, act: Act): void {
  program
    .command("router")
    .description(
      "Run a router: the HTTP API, matching, receipts and settlement of one operator. Of several networks: one of each.",
    )
    .option(
      "--network <file|url>",
      "the network's profile (default: the one in --home); several times, each a file: all at one address",
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .option("--host <address>", "address to listen on (default 127.0.0.1)")
    .option("--port <port>", "port to listen on (default 8640)", parsePort)
    .option("--endpoint <url>", "public URL to register on chain")
    .option("--self-signed", "serve TLS with a certificate made here")
    .option("--pages <folder>", "web pages to serve at /")
    .option("--stake <cor>", "stake to have, in COR", "1000")
    .option("--bond <cor>", "bond that stands behind receipts, in COR", "1000")
    .addHelpText("after", help())
    .action((options: RouterOptions, command: Command) =>
      act(command.optsWithGlobals<GlobalOptions>(), (context) =>
        (options.network ?? []).length > 1 ? serveSeveral(context, options) : serveOne(context, options),
      ),
    );
}

async function serveOne(context: CommandContext, options: RouterOptions): Promise<void> {
  const { log, shutdown, paths, output } = context;
  const config = await configure(context, options);
  const { url } = await runRouter({
    config,
    log: log("router"),
    shutdown,
    postgresFolder: postgresFolderOf(paths.home),
    setsFolder: paths.settlements,
    requestsFolder: paths.content,
    contentFolder: join(paths.home, "router-content"),
    filesFolder: join(paths.home, "files"),
    samplesFolder: join(paths.home, "samples"),
    ...(options.pages === undefined ? {} : { staticFolder: options.pages }),
  });
  reportToParent({ kind: "ready", data: { url } });
  output.progress("router.ready", `Router is ready on ${url}`, { url });
  await untilStopped(shutdown);
}

async function serveSeveral(context: CommandContext, options: RouterOptions): Promise<void> {
  const { env } = context;
  const served = await readServed(context, options.network ?? []);
  const host = options.host ?? env.ROUTER_HOST ?? routerConfig.host.fallback;
  const port =
    options.port ?? (env.ROUTER_PORT === undefined ? routerConfig.port.fallback : parsePort(env.ROUTER_PORT));
  await serveNetworks(context, { served, options: { ...options, host, port } });
}

/** With ROUTER_SIGNER_KEY everything comes from the environment; without it keys come from the keystore and the node is enrolled. */
async function configure(context: CommandContext, options: RouterOptions): Promise<RouterConfig> {
  const { env, paths } = context;
  const flags: Env = {
    ...env,
    ...(options.host === undefined ? {} : { ROUTER_HOST: options.host }),
    ...(options.port === undefined ? {} : { ROUTER_PORT: String(options.port) }),
    ...(options.selfSigned === true ? await ensureCertificate(paths.tls) : {}),
  };
  if (env.ROUTER_SIGNER_KEY !== undefined) return loadConfig(routerConfig, flags);
  return loadConfig(routerConfig, { ...flags, ...(await enrol(context, options)) });
}

async function enrol(context: CommandContext, options: RouterOptions): Promise<Env> {
  const { paths, output } = context;
  const { profile } = await findNetwork(context, options.network?.[0]);
  const keystore = context.keystore({ mayGenerate: isLocalNetwork(profile) });
  const operator = await keystore.openOrCreate("operator");
  const signer = await keystore.openOrCreate("router");
  const spending = await keystore.openOrCreate("spending");
  const [stakeWei, bondWei] = [parseCor(options.stake), parseCor(options.bond)];
  const what = `${formatCor(stakeWei + bondWei)} and gas`;
  await ensureFunds(profile, { to: operator.address, corWei: bondWei, homeCorWei: stakeWei, what });
  await ensureFunds(profile, { to: signer.address, corWei: 0n, what: "gas for settlements" });
  const { endpoint } = options;
  const chain = createChainWriter({ profile, privateKey: operator.key.expose() });
  const registration = { role: "router", ...(endpoint === undefined ? {} : { endpoint }) } as const;
  const [registered] = await Promise.all([
    ensureRegistered(chain, { signerKey: signer.key, registration }),
    ensureStake(chain, { stakeWei, bondWei }),
  ]);
  output.progress("node.registered", `Router ${signer.address} of operator ${operator.address} is registered`, {
    router: signer.address,
    operator: operator.address,
    isNew: registered === "registered",
  });
  const profilePath = join(paths.home, `${profile.name}-network.json`);
  await writeFileWhole(profilePath, formatProfile(profile));
  return {
    ROUTER_PROFILE: profilePath,
    ROUTER_SIGNER_KEY: signer.key.expose(),
    ROUTER_OPERATOR: operator.address,
    ROUTER_SPENDING_KEYS: spending.key.expose(),
    ROUTER_ADMIN_TOKEN: context.env.ROUTER_ADMIN_TOKEN ?? (await ensureToken(paths.adminToken, "admin")),
    ROUTER_AUDITOR_TOKEN: context.env.ROUTER_AUDITOR_TOKEN ?? (await ensureToken(paths.auditorToken, "auditor")),
  };
}

function help(): string {
  return `
Keys \`operator\`, \`router\` and \`spending\` are made in the keystore; the node is registered, staked and bonded when it isn't yet.
Of several networks each has a process, a database and a home of its own, routers/<name> in --home, whose file router.env has its settings; its
router's paths are below /networks/<name>, and the first one's at the root, too, where it is public.
Settings from the environment:
${formatConfigHelp(routerConfig)
  .map((line) => `  ${line}`)
  .join("\n")}

Examples:
  $ cortensor router --network networks/local.json --port 8640
  $ cortensor router --network networks/local.json --host 0.0.0.0 --self-signed --endpoint https://router.example:8640
  $ cortensor router --network networks/local.json --network clinic.json --network lab.json   http://…:8640/networks/clinic`;
}
