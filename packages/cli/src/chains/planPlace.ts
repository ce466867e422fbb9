import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  formatNetworkPlan,
  hasCode,
  type NetworkPlan,
  type NetworkTemplate,
  parseNetworkPlan,
  parseNetworkTemplate,
} from "@cortensor/protocol";
import { CliError } from "../cliError.js";
import { readFileIfThere, writeFileWhole } from "../home/writeFileWhole.js";

/** The templates that come with Cortensor. */
const TEMPLATES = fileURLToPath(new URL("../../../../networks/templates", import.meta.url));

/** Where a private network's files are, below its maker's home. */
export type PlanPlace = {
  readonly folder: string;
  readonly plan: string;
  /** What nodes and clients read, once it is deployed. */
  readonly profile: string;
  /** What stands of a deployment. */
  readonly deployment: string;
  /** What of it stands on the parent, and where its members leave it: given out with the profile. */
  readonly above: string;
  readonly exit: string;
  /** The state of a chain that runs here. */
  readonly chainState: string;
  /** Who was at the door, a JSON object a line. */
  readonly accessLog: string;
};

export function planPlace(home: string, name: string): PlanPlace {
  const folder = join(home, "chains", name);
  return {
    folder,
    plan: join(folder, "plan.json"),
    profile: join(folder, "network.json"),
    deployment: join(folder, "deployment.json"),
    above: join(folder, "above.json"),
    exit: join(folder, "exit.json"),
    chainState: join(folder, "chain", "state.json"),
    accessLog: join(folder, "access.jsonl"),
  };
}

/** A plan of this home, by its network's name. Throws CLI_BAD_FILE. */
export async function readPlan({ plan: file }: Pick<PlanPlace, "plan">): Promise<NetworkPlan> {
  const text = await readFileIfThere(file);
  if (text === undefined)
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: "isn't there: `chain create` makes it" });
  return parsePlan(text, file);
}

export function parsePlan(text: string, file: string): NetworkPlan {
  return said(file, () => parseNetworkPlan(text));
}

export async function writePlan({ plan: file }: Pick<PlanPlace, "plan">, plan: NetworkPlan): Promise<void> {
  await writeFileWhole(file, formatNetworkPlan(plan));
}

/** Throws CLI_BAD_ARGUMENT, naming those that there are. */
export async function readTemplate(name: string): Promise<NetworkTemplate> {
  const names = (await readdir(TEMPLATES)).filter((file) => file.endsWith(".json")).map((file) => file.slice(0, -5));
  if (!names.includes(name))
    throw new CliError({ code: "CLI_BAD_ARGUMENT", argument: "--template", expected: `one of ${names.join(", ")}` });
  const file = join(TEMPLATES, `${name}.json`);
  const text = await readFile(file, "utf8");
  return said(file, () => parseNetworkTemplate(text));
}

/** What a file is refused for, in one line. */
export function said<Value>(file: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    if (!hasCode(cause, "PROTOCOL_BAD_DOCUMENT")) throw cause;
    const issues = "issues" in cause.data && Array.isArray(cause.data.issues) ? cause.data.issues.join("; ") : "";
    throw new CliError({ code: "CLI_BAD_FILE", file, problem: issues }, { cause });
  }
}
