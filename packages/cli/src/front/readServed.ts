import { join } from "node:path";
import { parseEnv } from "node:util";
import { isNetworkSegment } from "@cortensor/api";
import { formatProfile } from "@cortensor/chain";
import { CliError } from "../cliError.js";
import type { CommandContext, Env } from "../commandContext.js";
import { readFileIfThere, writeFileWhole } from "../home/writeFileWhole.js";
import { findNetwork } from "../networkAccess.js";

/** Each costs a process and a database. */
const NETWORKS_MAX = 64;
/** What the front has for all of them. */
const SHARED = new Set(["ROUTER_HOST", "ROUTER_PORT", "ROUTER_TLS_CERT", "ROUTER_TLS_KEY"]);

/** A network that is served beside others: what is its router's alone. */
export type ServedNetwork = {
  readonly name: string;
  readonly isPublic: boolean;
  /** Its router's `--home`: keys, tokens, database, sets, log. */
  readonly home: string;
  /** Its profile, as it was at the start. */
  readonly profilePath: string;
  /** What its router is told beside the command's own environment: the file `router.env` in its home. */
  readonly settings: Env;
};

/**
 * Reads the networks that are to be served at one address. Throws what is wrong: a name that can't stand in a path or stands there twice,
 * settings that would be every network's, one database for two.
 */
export async function readServed(context: CommandContext, files: readonly string[]): Promise<readonly ServedNetwork[]> {
  if (files.length > NETWORKS_MAX) throw refused(`${NETWORKS_MAX} networks at most`);
  const common = Object.keys(context.env).filter((name) => name.startsWith("ROUTER_") && !SHARED.has(name));
  if (common.length > 0) {
    const problem = `${common.join(", ")} would be every network's: write it into router.env in the home of one`;
    throw new CliError({ code: "CLI_USAGE", problem: `${problem}, ${join(context.paths.home, "routers", "<name>")}` });
  }
  const served: ServedNetwork[] = [];
  for (const file of files) served.push(await readOne(context, file));
  const names = served.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw refused(`each network once, but two are named ${twice}`);
  refuseSharedDatabase(served);
  return served;
}

async function readOne(context: CommandContext, file: string): Promise<ServedNetwork> {
  if (/^https?:\/\//.test(file)) throw refused("a profile's file of each network, where there are several");
  const { profile } = await findNetwork(context, file);
  const { name } = profile;
  if (!isNetworkSegment(name)) {
    const problem = `is of a network named ${name}, which can't stand in a path: small letters, digits and -, 64 at most`;
    throw new CliError({ code: "CLI_BAD_FILE", file, problem });
  }
  const home = join(context.paths.home, "routers", name);
  const settings = await readSettings(join(home, "router.env"));
  const profilePath = join(home, "network.json");
  await writeFileWhole(profilePath, formatProfile(profile));
  return { name, isPublic: profile.isPrivate !== true, home, profilePath, settings };
}

async function readSettings(file: string): Promise<Env> {
  const settings = { ...parseEnv((await readFileIfThere(file)) ?? "") };
  const fixed = Object.keys(settings).find((name) => SHARED.has(name) || name === "ROUTER_PROFILE");
  if (fixed === undefined) return settings;
  throw new CliError({ code: "CLI_BAD_FILE", file, problem: `has ${fixed}, which the command itself says` });
}

/** Two networks in one database would be one slip away from each other. */
function refuseSharedDatabase(served: readonly ServedNetwork[]): void {
  const seen = new Map<string, string>();
  for (const { name, home, settings } of served) {
    const text = settings.ROUTER_DATABASE_URL;
    if (text === undefined || !URL.canParse(text)) continue;
    const { hostname, port, pathname } = new URL(text);
    const place = `${hostname.toLowerCase()}:${port === "" ? "5432" : port}${pathname}`;
    const other = seen.get(place);
    if (other !== undefined) {
      const problem = `names the database of ${other}: each network needs one of its own`;
      throw new CliError({ code: "CLI_BAD_FILE", file: join(home, "router.env"), problem });
    }
    seen.set(place, name);
  }
}

function refused(expected: string): CliError {
  return new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--network", expected });
}
