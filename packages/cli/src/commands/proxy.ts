import { createOpenAiServer } from "@cortensor/api";
import { createChainReader, type Deployment } from "@cortensor/chain";
import { SEAL_SUITES, type SealAudit, type SealSuite } from "@cortensor/protocol";
import { runLoop, systemClock } from "@cortensor/runtime";
import type { Cortensor, Model } from "@cortensor/sdk";
import { type Command, Option } from "commander";
import { CliError } from "../cliError.js";
import type { CommandContext, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { openOwnSink, SINK_OPTION } from "../ownSink.js";
import { parseAccount, parsePort } from "../parseArgument.js";
import { openPayer } from "../payer.js";
import { isRouterOperator } from "../proxy/isRouterOperator.js";
import { findProxyKey } from "../proxy/proxyKey.js";
import { unsealable } from "../proxy/proxyRefusal.js";
import { createSealedGateway } from "../proxy/sealedGateway.js";
import { auditOption, STANDBYS_OPTION, toSealed } from "../sealOptions.js";
import { untilStopped } from "../untilStopped.js";

type ProxyOptions = {
  readonly host: string;
  readonly port: number;
  readonly router?: string;
  readonly network?: string;
  readonly as?: string;
  readonly account?: number;
  readonly suite?: SealSuite;
  readonly audit?: SealAudit;
  readonly standbys?: true;
  readonly sink?: string;
};

const PORT = 8_787;
/** A model that the router offers from now on is asked for so soon. */
const MODELS_EVERY_MS = 5_000;
/** Routes of OpenAI's that would show a router what they are given. */
const REFUSED_PATHS = ["embeddings", "files", "uploads", "vector_stores", "conversations", "batches"];

/** `cortensor proxy`: OpenAI's API on the client's own machine, sealed from there on. */
export function addProxy(program: Command, act: Act): void {
  program
    .command("proxy")
    .description("Serve OpenAI's API on this machine, and seal what it is asked to the miner chosen.")
    .option("--host <address>", "address to listen on; what comes to it is readable on its way", "127.0.0.1")
    .option("--port <port>", "port to listen on", parsePort, PORT)
    .option("--router <url>", "the router (CORTENSOR_URL; default: the one in --home)")
    .option("--network <file>", "the profile by whose chain miners are checked (default: the one in --home)")
    .option("--as <name>", "pay with this wallet of the keystore, and sign its debits here: needs --account")
    .option("--account <account>", "the wallet's session", parseAccount)
    .addOption(new Option("--suite <name>", "how keys are agreed on (default: x25519)").choices(SEAL_SUITES))
    .addOption(auditOption())
    .option("--standbys", STANDBYS_OPTION)
    .option("--sink <file>", SINK_OPTION)
    .addHelpText("after", HELP)
    .action((options: ProxyOptions, command: Command) =>
      act(command.optsWithGlobals<GlobalOptions>(), (context) => proxy(context, options)),
    );
}

const HELP = `
Programs show the key that is printed at the start, or the one in PROXY_KEY, or in the file that PROXY_KEY_FILE names.
Without --as the router's API key pays: CORTENSOR_API_KEY, or the one in --home. See docs/SEALING.md.

Examples:
  $ cortensor proxy
  $ cortensor proxy --as client --account 3 --suite xwing
  $ cortensor proxy --sink target.json
  $ PROXY_KEY_FILE=key cortensor proxy --router https://router.example --network network.json`;

async function proxy(context: CommandContext, options: ProxyOptions): Promise<void> {
  const { output, shutdown, env } = context;
  const { signal } = shutdown;
  const sealed = await toSealed(context, { ...options, sealed: true });
  const key = await findProxyKey(env);
  const { host, port } = options;
  const own = await openOwnSink(context, options, `proxy ${host} ${port}`);
  const client = await openPayer(context, options, { ...sealed, ...(own && { recorder: own.sink.recorder }) });
  const log = context.log("proxy");
  const models = await keepModels(client, { signal, onError: (error) => log.warn("The router is away", {}, error) });
  const isOperator = await isOperators(context, sealed.deployment);
  const server = createOpenAiServer({
    gateway: createSealedGateway({
      ...{ client, models, isOperator, isKey: key.isKey },
      onUnexpected: (error) => log.error("A request failed", {}, error),
    }),
    log,
    refused: {
      paths: REFUSED_PATHS,
      refusal: (path) => unsealable("url", `/v1/${path} can't be had sealed: the router would read what it is given.`),
    },
  });
  shutdown.add("proxy", () => server.close());
  await server.listen({ host, port, signal }).catch((cause: unknown) => {
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--port", expected: "a free port of --host" }, { cause });
  });
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}/v1`;
  const privacy = isOperator ? "open" : "sealed";
  warnOf(context, { host, isOperator });
  const sinkLines = own === undefined ? [] : [`  Sink     ${own.name}`];
  const lines = ["", `  API      ${url}`, ...keyLines(key.made), `  Privacy  ${privacy}`, ...sinkLines, ""];
  const facts = { url, privacy, ...(own && { sink: own.name }) };
  output.result(lines, { ...facts, ...(key.made === undefined ? {} : { key: key.made }) });
  await untilStopped(shutdown);
}

function keyLines(made: string | undefined): readonly string[] {
  return [`  API key  ${made === undefined ? "the one given" : `${made}  (said once)`}`];
}

function warnOf({ output }: CommandContext, { host, isOperator }: { host: string; isOperator: boolean }): void {
  if (!(host === "localhost" || host === "::1" || host.startsWith("127."))) {
    output.warn("proxy.exposed", `Other machines reach ${host} in the clear: whoever is between reads`, { host });
  }
  if (isOperator) {
    const why = "a key of this home owns a router, so that a router's operator reads what is asked here";
    output.warn("proxy.open", `Answers are called open: ${why}`);
  }
}

/** By the keys that lie here: who runs this proxy is a router's operator when one of them is. */
async function isOperators(context: CommandContext, deployment: Deployment | undefined): Promise<boolean> {
  if (deployment === undefined) return false;
  const keys = await context.keystore({ mayGenerate: false }).list();
  return isRouterOperator(
    createChainReader({ profile: deployment }),
    keys.map(({ address }) => address),
  );
}

/** The router's models, read now and again. Throws when it can't be reached at the start. */
async function keepModels(
  client: Pick<Cortensor, "models">,
  { signal, onError }: { readonly signal: AbortSignal; readonly onError: (error: unknown) => void },
): Promise<() => readonly Model[]> {
  let known = await client.models({ signal });
  void runLoop({
    name: "router's models",
    everyMs: MODELS_EVERY_MS,
    clock: systemClock,
    signal,
    work: async () => {
      known = await client.models({ signal });
    },
    onError,
  });
  return () => known;
}
