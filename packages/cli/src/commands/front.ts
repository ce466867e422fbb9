import { readFile } from "node:fs/promises";
import { createNetworkFront, type FrontNetwork } from "@cortensor/api";
import { type Command, InvalidArgumentError } from "commander";
import { CliError } from "../cliError.js";
import type { Env, GlobalOptions } from "../commandContext.js";
import type { Act } from "../main.js";
import { parsePort } from "../parseArgument.js";
import { reportToParent } from "../reportToParent.js";
import { untilStopped } from "../untilStopped.js";

type Place = Pick<FrontNetwork, "name" | "port">;
type FrontOptions = {
  readonly host: string;
  readonly port: number;
  readonly root?: string;
  readonly public: readonly Place[];
  readonly private: readonly Place[];
};

/** `cortensor front`: the address before the routers of several networks. `router` starts it; it knows their ports and nothing else of them. */
export function addFront(program: Command, act: Act): void {
  program
    .command("front", { hidden: true })
    .description("The address before the routers of several networks: used by `router`.")
    .requiredOption("--host <address>", "address to listen on")
    .requiredOption("--port <port>", "port to listen on", parsePort)
    .option("--root <name>", "the network that answers at the root, too")
    .option("--public <name=port>", "a public network's router on this machine; several times", collectPlaces, [])
    .option("--private <name=port>", "a private network's; several times", collectPlaces, [])
    .action((options: FrontOptions, self: Command) =>
      act(self.optsWithGlobals<GlobalOptions>(), async ({ env, shutdown }) => {
        const { host, port, root } = options;
        const tls = await readTls(env);
        const front = createNetworkFront({
          networks: [
            ...options.public.map((place) => ({ ...place, isPublic: true })),
            ...options.private.map((place) => ({ ...place, isPublic: false })),
          ],
          ...(root === undefined ? {} : { root }),
          ...(tls === undefined ? {} : { tls }),
        });
        shutdown.add("front", () => front.close());
        const url = await front.listen({ host, port }).catch((cause: unknown) => {
          const expected = "a free port of --host";
          throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--port", expected }, { cause });
        });
        reportToParent({ kind: "ready", data: { url } });
        await untilStopped(shutdown);
      }),
    );
}

function collectPlaces(text: string, before: readonly Place[]): readonly Place[] {
  const [, name, port] = /^([a-z0-9-]+)=(\d+)$/.exec(text) ?? [];
  if (name === undefined || port === undefined) throw new InvalidArgumentError("Expected <name>=<port>.");
  return [...before, { name, port: parsePort(port) }];
}

async function readTls({ ROUTER_TLS_CERT: cert, ROUTER_TLS_KEY: key }: Env) {
  if (cert === undefined || key === undefined) return undefined;
  const [certText, keyText] = await Promise.all([readFile(cert, "utf8"), readFile(key, "utf8")]);
  return { cert: certText, key: keyText };
}
