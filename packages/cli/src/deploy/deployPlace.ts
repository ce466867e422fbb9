import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ChainError, type LayerProfile, parseLayerProfile } from "@cortensor/chain";
import { CliError } from "../cliError.js";
import { readFileIfThere } from "../home/writeFileWhole.js";

/** The profiles that come with Cortensor. */
const SHIPPED = fileURLToPath(new URL("../../../../networks", import.meta.url));

/** Where a deployment's files are. */
export type DeployPlace = {
  readonly profile: LayerProfile;
  /** Gets the addresses. */
  readonly file: string;
  /** Holds the journal, and the lock while a deployer is at work. */
  readonly folder: string;
  readonly journal: string;
};

/**
 * A profile by its file, which gets the addresses; or by its name: one that comes with Cortensor, whose copy in this home gets them.
 */
export async function findDeployPlace(home: string, given: string): Promise<DeployPlace> {
  const isName = /^[a-z0-9][a-z0-9-]{0,31}$/.test(given);
  const file = isName ? join(home, "networks", `${given}.json`) : resolve(given);
  const folder = `${file}.deploy`;
  const text = (await readFileIfThere(file)) ?? (isName ? await readShipped(given) : undefined);
  if (text === undefined) throw new CliError({ code: "CLI_BAD_FILE", file, problem: "can't be read" });
  return { profile: parse(text, file), file, folder, journal: join(folder, "journal.json") };
}

async function readShipped(name: string): Promise<string> {
  const names = (await readdir(SHIPPED)).filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -5));
  if (names.includes(name)) return readFile(join(SHIPPED, `${name}.json`), "utf8");
  throw new CliError({
    code: "CLI_BAD_ARGUMENT",
    argument: "--profile",
    expected: `a file, or one of ${names.join(", ")}`,
  });
}

function parse(text: string, file: string): LayerProfile {
  try {
    return parseLayerProfile(text);
  } catch (cause) {
    const issues = cause instanceof ChainError && cause.data.code === "CHAIN_BAD_PROFILE" ? cause.data.issues : [];
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: `is no profile: ${issues.join("; ")}` }, { cause });
  }
}
